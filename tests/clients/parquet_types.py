"""Types and numbers of rows of a profile's tables, as pyarrow reads them: parquet_types.py DIR"""

import json
import sys

import pyarrow.parquet

tables = {}
for name in ["frames", "answers", "boxes"]:
    table = pyarrow.parquet.read_table(f"{sys.argv[1]}/{name}.parquet")
    tables[name] = {
        "types": {field.name: str(field.type) for field in table.schema},
        "rows": len(table.to_pylist()),
    }
print(json.dumps(tables))
