"""A detector as NVRs have it: asks as Frigate's DeepStack plug-in and Home Assistant do.

    deepstack.py URL MODEL IMAGE
"""

import json
import sys

import requests

url, model, path = sys.argv[1:]
with open(path, "rb") as file:
    image = file.read()


def frigate():
    """Bytes without a name or a type of their own, and a key that nobody asks for."""
    response = requests.post(
        f"{url}/v1/vision/detection",
        data={"api_key": ""},
        files={"image": image},
        timeout=5,
    )
    found = []
    for prediction in response.json().get("predictions"):
        if prediction["confidence"] < 0.4:
            break
        found.append(prediction)
    return found


def custom(**fields):
    return requests.post(
        f"{url}/v1/vision/custom/{model}",
        data=fields,
        files={"image": ("snapshot.jpg", image, "image/jpeg")},
        timeout=5,
    ).json()


def nameless():
    """A part without a file name, as some senders write it."""
    boundary = "b0undary"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="image"\r\n\r\n'.encode()
        + image
        + f"\r\n--{boundary}--\r\n".encode()
    )
    return requests.post(
        f"{url}/v1/vision/detection",
        data=body,
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
        timeout=5,
    ).json()


refused = requests.post(f"{url}/v1/vision/detection", files={"image": b"no image"}, timeout=5)
print(
    json.dumps(
        {
            "frigate": frigate(),
            "custom": custom(),
            "sure": custom(min_confidence=0.8),
            "nameless": nameless(),
            "refused": [refused.status_code, refused.json()],
            "list": requests.get(f"{url}/v1/vision/custom/list", timeout=5).json(),
            "ping": requests.get(f"{url}/v1/status/ping", timeout=5).json(),
        }
    )
)
