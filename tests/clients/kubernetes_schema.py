"""What Kubernetes' schemas object to in manifests: kubernetes_schema.py VERSION,… FILE…

Unknown fields are errors. Prints a list of problems as JSON.
"""

import json
import sys

import kubernetes_validate
import yaml

versions = sys.argv[1].split(",")
problems = []
for path in sys.argv[2:]:
    with open(path) as file:
        for document in yaml.safe_load_all(file):
            for version in versions:
                try:
                    kubernetes_validate.validate(document, version, strict=True)
                except Exception as error:
                    text = getattr(error, "message", None) or str(error)
                    where = "/".join(str(key) for key in getattr(error, "path", None) or [])
                    kind = document.get("kind")
                    problems.append(f"{path}: {kind} {where} ({version}): {text}"[:400])
print(json.dumps(problems))
