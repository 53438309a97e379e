"""What an edge's sinks wrote, as programs of others read it: sinks.py DATABASE DIRECTORY...

Each directory is that of a source, with `coco_results.json`, `coco_images.json`, `mot.txt` and `images`.
"""

import contextlib
import json
import os
import sqlite3
import sys

import numpy
import PIL.Image
from pycocotools.coco import COCO


def coco(directory):
    with contextlib.redirect_stdout(sys.stderr):
        found = COCO(f"{directory}/coco_images.json").loadRes(f"{directory}/coco_results.json")
    names = {one["id"]: one["name"] for one in found.loadCats(found.getCatIds())}
    boxes = {
        image: [[names[b["category_id"]], b["score"], *b["bbox"]] for b in found.imgToAnns[image]]
        for image in found.getImgIds()
    }
    sizes = {image["id"]: [image["width"], image["height"]] for image in found.imgs.values()}
    return {"boxes": boxes, "sizes": sizes}


def images(directory):
    sizes = {}
    for name in sorted(os.listdir(directory)):
        with PIL.Image.open(f"{directory}/{name}") as image:
            image.load()
            sizes[name] = [image.format, *image.size]
    return sizes


def database(path):
    opened = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    told = {"integrity": opened.execute("PRAGMA integrity_check").fetchall()}
    of_runs = "JOIN runs ON runs.id = run_id JOIN sources ON sources.id = source_id"
    for what, columns, order in [
        ("frames", "frame, outcome, width, height, pts_ms, at_ms", "frames.id"),
        ("events", "events.id, label, state, events.started_ms, events.ended_ms", "events.id"),
        ("tracks", "track_id, frames, first_frame, last_frame", "track_id"),
        ("stays", "event_id, zone, entered_ms, left_ms", "stays.id"),
        ("crossings", "event_id, line, direction, at_ms", "crossings.id"),
    ]:
        query = f"SELECT name, {columns} FROM {what} {of_runs} ORDER BY {order}"
        told[what] = opened.execute(query).fetchall()
    told["detections"] = opened.execute(
        "SELECT name, frame, detections.label, score, x1, y1, x2, y2, track_id FROM detections "
        f"JOIN frames ON frames.id = frame_id {of_runs} ORDER BY frame_id, place"
    ).fetchall()
    return told


print(
    json.dumps(
        {
            "database": database(sys.argv[1]),
            "sources": [
                {
                    "coco": coco(directory),
                    "mot": numpy.loadtxt(f"{directory}/mot.txt", delimiter=",", ndmin=2).tolist(),
                    "images": images(f"{directory}/images"),
                }
                for directory in sys.argv[2:]
            ],
        }
    )
)
