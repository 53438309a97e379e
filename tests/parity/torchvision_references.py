"""What torchvision finds with the full-size models that `models/export/torchvision_export.py` wrote.

    python torchvision_references.py --models DIR --data DIR [--random-weights SEED | --state-dict FILE]

The models are built again as the export built them, so say the same of the weights; PyTorch runs them on
the pictures of `--data`, and `golden/<model>.json` in the folder of the models says what it found. Random
weights are spread by the export (`models/export/random_weights.py`), so that some objects stand out.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "../../models/export"))

import torchvision_export as exporter  # noqa: E402

from common import nchw, read_bgr  # noqa: E402
from families.imagenet import MEAN, STD, centre_crop  # noqa: E402
from torchvision_fixtures import detections_of, find, tensor_of, write_golden  # noqa: E402

IMAGES = ("bus.jpg", "dog.jpg")
MARGIN = 0.008
OBJECTS_MAX = 40


def choose_threshold(scores):
    """The nearest to 0.5 that keeps off every score, of those with few enough objects above."""
    if not scores.size:
        return 0.5
    order = np.sort(scores)[::-1]
    least = order[OBJECTS_MAX] if scores.size > OBJECTS_MAX else 0.05
    steps = np.linspace(least, order[min(3, order.size - 1)], 500)[1:-1]
    gaps = abs(scores[None] - steps[:, None]).min(1, initial=1)
    clear = steps[gaps > MARGIN]
    chosen = min(clear, key=lambda t: abs(t - 0.5)) if clear.size else steps[gaps.argmax()]
    return round(float(chosen), 5)


def detections(name, model, pictures, labels):
    """Each picture has its own threshold: random weights are of another temper in each."""
    images = {}
    for image, bgr in pictures.items():
        tensor = tensor_of(np.ascontiguousarray(bgr[:, :, ::-1]))
        found = find(model, tensor)
        threshold = choose_threshold(found["scores"])
        images[image] = {
            "width": bgr.shape[1],
            "height": bgr.shape[0],
            "score_threshold": threshold,
            "detections": detections_of(found, threshold, labels),
        }
        gap = abs(found["scores"] - threshold).min(initial=1)
        print(f"  {image}: {len(images[image]['detections'])} objects above {threshold}, gap {gap:.5f}")
    return {"iou_threshold": 1}, images


def classifications(name, model, pictures, labels):
    transforms = exporter.weights_of(name).transforms()
    images = {}
    for image, bgr in pictures.items():
        crop = centre_crop(bgr, transforms.resize_size[0], transforms.crop_size[0])
        with torch.no_grad():
            shares = model(torch.from_numpy(nchw(crop, MEAN, STD))).softmax(1)[0].numpy()
        top = np.argsort(-shares)[:5]
        images[image] = {
            "width": bgr.shape[1],
            "height": bgr.shape[0],
            "classifications": [
                {"class_id": int(c), "label": labels[c], "score": round(float(shares[c]), 4)} for c in top
            ],
        }
        print(f"  {image}: {[round(float(shares[c]), 3) for c in top]}")
    return {"score_threshold": 0}, images


def main():
    parser = argparse.ArgumentParser(description="Writes what torchvision finds with exported models.")
    parser.add_argument("names", nargs="*", help="models; all that are in the folder where none is named")
    parser.add_argument("--models", type=Path, required=True, help="folder of the exported models")
    parser.add_argument("--data", type=Path, required=True, help="folder with images/")
    parser.add_argument("--random-weights", type=int, metavar="SEED", help="as at the export")
    parser.add_argument("--state-dict", type=Path, metavar="FILE", help="as at the export")
    options = parser.parse_args()
    torch.set_num_threads(1)
    (options.models / "golden").mkdir(exist_ok=True)
    pictures = {image: read_bgr(options.data / "images" / image) for image in IMAGES}
    for name in options.names or exporter.MODELS:
        path = options.models / f"{name}.onnx"
        if not path.exists():
            continue
        print(name, flush=True)
        model = exporter.load_model(name, options.state_dict, options.random_weights)
        labels = exporter.weights_of(name).meta["categories"]
        is_detector = isinstance(exporter.MODELS[name], exporter.Detector)
        answer = detections if is_detector else classifications
        thresholds, images = answer(name, model, pictures, labels)
        golden = options.models / "golden" / f"{name}.json"
        write_golden(golden, path, "images of the data folder", **thresholds, images=images)


if __name__ == "__main__":
    main()
