"""Follows things with the trackers of others, for bench/tracking.ts.

Reads a JSON file {"fps": number, "frames": [{"detections": [{"box", "score"}]}]} and writes one
{tracker: [[id or null for each detection] for each frame]}. Each tracker is told the frame rate and
has its own defaults otherwise. Which there are goes by what is installed, in one environment or two
(supervision gave ByteTrack up after 0.26):

    pip install supervision==0.26.1      # or: pip install trackers==2.6.1
    python reference.py IN.json OUT.json
"""

import json
import sys
import warnings

import numpy
import supervision

warnings.filterwarnings("ignore")


def trackers(fps):
    """Those that are installed, by name: each a function from detections to detections with ids."""
    found = {}
    try:
        byte_track = supervision.ByteTrack(frame_rate=fps)
        found["supervision ByteTrack"] = byte_track.update_with_detections
    except AttributeError:
        pass
    try:
        import trackers as package

        found["trackers ByteTrack"] = package.ByteTrackTracker(frame_rate=fps).update
        found["trackers SORT"] = package.SORTTracker(frame_rate=fps).update
        found["trackers OC-SORT"] = package.OCSORTTracker(frame_rate=fps).update
        found["trackers C-BIoU"] = package.CBIoUTracker(frame_rate=fps).update
    except ImportError:
        pass
    return found


def given(detections):
    count = len(detections)
    return supervision.Detections(
        xyxy=numpy.array([one["box"] for one in detections], dtype=float).reshape(count, 4),
        confidence=numpy.array([one["score"] for one in detections], dtype=float),
        class_id=numpy.zeros(count, dtype=int),
        data={"place": numpy.arange(count)},
    )


def follow(update, frames):
    said = []
    for frame in frames:
        ids = [None] * len(frame["detections"])
        followed = update(given(frame["detections"]))
        if len(followed) > 0:
            for place, track in zip(followed.data["place"], followed.tracker_id):
                if track >= 0:
                    ids[int(place)] = int(track)
        said.append(ids)
    return said


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        scenario = json.load(file)
    said = {
        name: follow(update, scenario["frames"])
        for name, update in trackers(scenario["fps"]).items()
    }
    with open(sys.argv[2], "w") as file:
        json.dump(said, file)
