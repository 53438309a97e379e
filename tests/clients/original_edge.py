"""The edge of the original SmartEye: a frame as text in a form, and the drawn one back.

    original_edge.py URL MODEL WIDTH HEIGHT RAW_RGB_FILE
"""

import base64
import json
import sys
import urllib.parse
import urllib.request

import numpy as np

url, model, width, height, path = sys.argv[1:]
shape = (int(height), int(width), 3)
rgb = np.fromfile(path, dtype=np.uint8).reshape(shape)
frame = np.ascontiguousarray(rgb[:, :, ::-1])  # as OpenCV has it

form = {
    "selected_model": model,
    "frame_shape": str(frame.shape),
    "frame": base64.b64encode(frame.tobytes()),
}
body = urllib.parse.urlencode(form).encode()
with urllib.request.urlopen(f"{url}/image_handler", data=body, timeout=10) as response:
    answer = json.load(response)

told = {"process_time": answer["process_time"]}
if "prediction" in answer:
    told["prediction"] = answer["prediction"]
else:
    shape_back = tuple(int(side) for side in answer["frame_shape"].strip("()").split(","))
    drawn = np.frombuffer(base64.b64decode(answer["result"]), dtype=np.uint8).reshape(shape_back)
    changed = np.any(drawn != frame, axis=2)
    told |= {"shape": shape_back, "changed": float(changed.mean())}
    rows, columns = np.nonzero(changed)
    told["where"] = [int(v) for v in (columns.min(), rows.min(), columns.max(), rows.max())]
print(json.dumps(told))
