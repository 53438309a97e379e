"""Average precision as pycocotools gives it, for what `inference/evaluation` is held against.

Makes golden.json: small sets of objects and detections, drawn by chance from a fixed seed, each
with the precision of every class at every threshold. In this folder:

    pip install pycocotools==2.0.11 && python coco_map.py && deno fmt golden.json

With pairs of files, it tells instead what pycocotools gives for the files that
`smarteye models eval --save DIR` wrote, as a list with both means (0 to 100) of each pair:

    python coco_map.py DIR/fastestdet.truth.json DIR/fastestdet.detections.json
"""

import argparse
import contextlib
import io
import json
import pathlib
import random

import numpy
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def evaluate(truth, detections):
    """Precision by class and threshold, and the two means, of COCO-format truth and results."""
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = truth
        coco.createIndex()
        run = COCOeval(coco, coco.loadRes(detections), "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    # [threshold, recall, class, area, detections]: all areas, at most 100 detections
    precision = run.eval["precision"][:, :, :, 0, 2]
    by_class = [
        None if (of_class == -1).any() else of_class.mean(axis=1).tolist()
        for of_class in numpy.moveaxis(precision, 2, 0)
    ]
    return {"classes": by_class, "map": float(run.stats[0]), "map50": float(run.stats[1])}


def draw_box(chance, grid):
    width, height = (chance.randint(8, 80) for _ in range(2))
    x, y = chance.randint(0, 200), chance.randint(0, 150)
    return [value + chance.randrange(grid) / grid for value in (x, y, width, height)]


def moved(chance, box, by):
    return [max(1, value + chance.randint(-by, by)) for value in box]


def draw(seed, images, classes, objects, per_object, noise, crowds=0.0, digits=4, grid=1):
    chance = random.Random(seed)
    truth, detections = [], []
    for image in range(1, images + 1):
        for _ in range(chance.randint(0, objects)):
            box, of_class = draw_box(chance, grid), chance.randint(1, classes)
            crowd = chance.random() < crowds
            truth.append({
                "id": len(truth) + 1, "image_id": image, "category_id": of_class, "bbox": box,
                "area": box[2] * box[3], "iscrowd": int(crowd),
            })
            for _ in range(chance.randint(0, per_object)):
                detections.append((image, of_class, moved(chance, box, 9), 0.2))
        for _ in range(noise):
            detections.append((image, chance.randint(1, classes), draw_box(chance, grid), 0.0))
    chance.shuffle(detections)
    detections.sort(key=lambda found: found[0])
    return {
        "images": [{"id": image, "width": 300, "height": 240} for image in range(1, images + 1)],
        "categories": [{"id": at, "name": f"c{at}"} for at in range(1, classes + 1)],
        "annotations": truth,
    }, [
        {"image_id": image, "category_id": of_class, "bbox": box,
         "score": round(chance.random() * 0.8 + surer, digits)}
        for image, of_class, box, surer in detections
    ]


CASES = {
    "a few classes": dict(seed=1, images=10, classes=3, objects=5, per_object=2, noise=2),
    "regions to ignore": dict(
        seed=2, images=10, classes=2, objects=6, per_object=3, noise=3, crowds=0.3),
    "many equal scores": dict(
        seed=3, images=10, classes=2, objects=5, per_object=3, noise=3, digits=1),
    "more detections than count": dict(
        seed=4, images=1, classes=1, objects=30, per_object=4, noise=110),
    "classes without objects": dict(
        seed=5, images=4, classes=12, objects=3, per_object=2, noise=3),
    "boxes between pixels": dict(
        seed=6, images=8, classes=2, objects=5, per_object=2, noise=2, crowds=0.1, grid=8),
}


def case(name, truth, detections):
    return {
        "name": name,
        "images": len(truth["images"]),
        "classes": len(truth["categories"]),
        "truth": [[t["image_id"], t["category_id"], *t["bbox"], t["iscrowd"]]
                  for t in truth["annotations"]],
        "detections": [[d["image_id"], d["category_id"], *d["bbox"], d["score"]]
                       for d in detections],
        "wanted": evaluate(truth, detections),
    }


def write(path, cases):
    lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases)
    path.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("files", nargs="*", help="truth and detections, and again")
    given = options.parse_args()
    here = pathlib.Path(__file__).parent
    if not given.files:
        write(here / "golden.json", [case(name, *draw(**how)) for name, how in CASES.items()])
    else:
        read = [json.loads(pathlib.Path(path).read_text()) for path in given.files]
        told = [evaluate(*pair) for pair in zip(read[::2], read[1::2], strict=True)]
        print(json.dumps([
            {"map50_95": 100 * means["map"], "map50": 100 * means["map50"]} for means in told
        ]))
