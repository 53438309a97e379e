"""Raw outputs of detectors as exporters write them, and what their own code finds in them.

For each family: tensors drawn by chance from a fixed seed, and the boxes, scores and classes that the
published definition gives for them, in numpy alone and with nothing of the program's own. Boxes are
corners in pixels of the input, before suppression where the family leaves that to its reader. Written
anew from the sources that the functions name.

    decoders.py

prints {case: {family, input, classes, threshold, outputs: [{name, dims, data}], wanted, masks}}; data
is float32 in base64, wanted are rows of class, score, x1, y1, x2, y2, masks one of each row: a byte a
pixel of the input in base64, 1 where the object is, 0 where it is not, 2 where rounding decides.
"""

import base64
import json
import zlib

import numpy as np

WIDTH, HEIGHT = 160, 96
SIZE = np.array([WIDTH, HEIGHT, WIDTH, HEIGHT], np.float64)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    shares = np.exp(x - x.max(-1, keepdims=True))
    return shares / shares.sum(-1, keepdims=True)


def to_corners(boxes):
    """Centre and size to corners."""
    centre, half = boxes[..., :2], boxes[..., 2:4] / 2
    return np.concatenate([centre - half, centre + half], -1)


def drawn(chance, *shape):
    """Values as a tensor has them: float32, which is reckoned with in float64 afterwards."""
    return chance.normal(size=shape).astype(np.float32).astype(np.float64)


def shares(chance, *shape):
    return chance.uniform(0.001, 0.999, shape).astype(np.float32).astype(np.float64)


def centred(chance, n):
    """Boxes cx, cy, w, h as shares of the picture; some reach over its edge."""
    centre, size = shares(chance, n, 2), shares(chance, n, 2) * 0.6
    return np.concatenate([centre, size], 1).astype(np.float32).astype(np.float64)


def corners(chance, n):
    """Boxes x1, y1, x2, y2 in pixels of the input."""
    return (to_corners(centred(chance, n)) * SIZE).astype(np.float32).astype(np.float64)


def best(scores, boxes, threshold):
    """Each box with its best class."""
    classes = scores.argmax(-1)
    top = scores.max(-1)
    keep = top > threshold
    return np.column_stack([classes[keep], top[keep], boxes[keep]])


def every(scores, boxes, threshold):
    """Each class of each box."""
    box, classes = np.nonzero(scores > threshold)
    return np.column_stack([classes, scores[box, classes], boxes[box]])


def case(family, classes, threshold, outputs, wanted, size=(WIDTH, HEIGHT), masks=()):
    assert len(wanted) > 1, family
    return {
        "family": family,
        "input": {"width": size[0], "height": size[1]},
        "classes": classes,
        "threshold": threshold,
        "outputs": [
            {
                "name": name,
                "dims": list(np.shape(values)),
                "data": base64.b64encode(np.asarray(values, np.float32).tobytes()).decode(),
            }
            for name, values in outputs
        ],
        "wanted": np.asarray(wanted).tolist(),
        "masks": [base64.b64encode(mask.tobytes()).decode() for mask in masks],
    }


# Transformers.


def detr(chance):
    """DETR: facebookresearch/detr, `models/detr.py`, `PostProcess` (Apache-2.0)."""
    logits, boxes = 2 * drawn(chance, 30, 6), centred(chance, 30)
    logits[::2, 5] += 5  # most queries are none
    logits = logits.astype(np.float32).astype(np.float64)
    wanted = best(softmax(logits)[:, :-1], to_corners(boxes) * SIZE, 0.3)
    return case("detr", 5, 0.3, [("logits", logits[None]), ("pred_boxes", boxes[None])], wanted)


def top_queries(scores, boxes, count):
    """The surest of all classes of all queries: `topk(scores.flatten(1), count)`."""
    order = np.argsort(-scores.ravel(), kind="stable")[:count]
    query, classes = np.divmod(order, scores.shape[1])
    return classes, scores.ravel()[order], boxes[query]


def focal(chance, queries, columns):
    """Logits of which more are above the threshold than there are queries."""
    logits = (1.5 * drawn(chance, queries, columns) - 0.7).astype(np.float32).astype(np.float64)
    assert (sigmoid(logits) > 0.2).sum() > queries
    return logits


def detr_deployed(chance):
    """RT-DETR, D-FINE, DEIM as deployed: lyuwenyu/RT-DETR, `rtdetr_postprocessor.py` (Apache-2.0).

    `orig_target_sizes` is width, height; the program gives the input's own.
    """
    classes, scores, boxes = top_queries(
        sigmoid(focal(chance, 12, 5)), to_corners(centred(chance, 12)) * SIZE, 12)
    scores, boxes = (values.astype(np.float32).astype(np.float64) for values in (scores, boxes))
    keep = scores > 0.5
    outputs = [("labels", classes[None]), ("boxes", boxes[None]), ("scores", scores[None])]
    return case("detr", 5, 0.5, outputs, np.column_stack([classes, scores, boxes])[keep])


def detr_sigmoid(chance, names, queries, columns, classes):
    logits, boxes = focal(chance, queries, columns), centred(chance, queries)
    logits[:, classes:] = -7  # a column that is never trained
    found = top_queries(sigmoid(logits), to_corners(boxes) * SIZE, queries)
    keep = found[1] > 0.2
    outputs = {names[0]: logits[None], names[1]: boxes[None]}
    order = sorted(names, key=lambda name: name == "labels")  # RF-DETR has its boxes first
    return case("detr_sigmoid", classes, 0.2, [(name, outputs[name]) for name in order],
                np.column_stack(found)[keep])


def rt_detr(chance):
    """RT-DETR: huggingface/transformers, `image_processing_rt_detr.py` (Apache-2.0)."""
    return detr_sigmoid(chance, ("logits", "pred_boxes"), 12, 5, 5)


def rf_detr(chance):
    """RF-DETR: roboflow/rf-detr, `models/lwdetr.py`, `PostProcess` (Apache-2.0).

    COCO's numbers, 91 columns of which the first means nothing: a column's place is the label.
    """
    return detr_sigmoid(chance, ("labels", "dets"), 100, 91, 91)


def rf_detr_tuned(chance):
    """RF-DETR, fine-tuned: a column more than names."""
    return detr_sigmoid(chance, ("labels", "dets"), 12, 5, 4)


def rt_detr_table(chance):
    """RT-DETR: ultralytics/ultralytics, `models/rtdetr/predict.py`: a query's best class alone."""
    boxes, scores = centred(chance, 40), shares(chance, 40, 5)
    wanted = best(scores, to_corners(boxes) * SIZE, 0.6)
    return case("detr_sigmoid", 5, 0.6, [("output0", np.hstack([boxes, scores])[None])], wanted)


# Heads without suppression.


def yolov5(chance):
    """YOLOv5: ultralytics/yolov5, `utils/general.py`, `non_max_suppression`, without `multi_label`."""
    boxes, rest = (centred(chance, 60) * SIZE).astype(np.float32), shares(chance, 60, 1 + 5)
    wanted = best(rest[:, :1] * rest[:, 1:], to_corners(boxes.astype(np.float64)), 0.4)
    return case("yolov5", 5, 0.4, [("output0", np.hstack([boxes, rest])[None])], wanted)


def yolov8_values(chance):
    boxes, scores = (centred(chance, 60) * SIZE).astype(np.float32), shares(chance, 60, 5) ** 2
    scores = scores.astype(np.float32).astype(np.float64)
    wanted = best(scores, to_corners(boxes.astype(np.float64)), 0.4)
    return np.hstack([boxes, scores]), wanted


def yolov8(chance):
    """YOLOv8: ultralytics/ultralytics, `utils/nms.py`, `non_max_suppression`, as it predicts."""
    rows, wanted = yolov8_values(chance)
    return case("yolov8", 5, 0.4, [("output0", rows.T[None])], wanted)


def between(large, small):
    """Shares of `small` values in `large` ones: torch's `interpolate`, bilinear, corners not aligned."""
    at = np.maximum(0, (np.arange(large) + 0.5) * small / large - 0.5)
    first = np.floor(at).astype(int)
    shares_of = np.zeros((large, small))
    shares_of[np.arange(large), first] += 1 - (at - first)
    shares_of[np.arange(large), np.minimum(first + 1, small - 1)] += at - first
    return shares_of


def masks_of(boxes, coefficients, prototypes):
    """ultralytics/ultralytics, `utils/ops.py`, `process_mask_native`: scaled, cut to the box, above 0."""
    sums = np.einsum("nk,khw->nhw", coefficients, prototypes)
    large = between(HEIGHT, sums.shape[1]) @ sums @ between(WIDTH, sums.shape[2]).T
    x, y = np.arange(WIDTH)[None, None], np.arange(HEIGHT)[None, :, None]
    x1, y1, x2, y2 = (side[:, None, None] for side in boxes.T)
    inside = (x >= x1) & (x < x2) & (y >= y1) & (y < y2)
    return np.where(inside, np.where(np.abs(large) < 1e-4, 2, large > 0), 0).astype(np.uint8)


def masked(chance, wanted, boxes):
    """Coefficients of three prototypes for every row, the prototypes, and the masks that are wanted."""
    coefficients, prototypes = drawn(chance, len(boxes), 3), drawn(chance, 3, 24, 40)
    rows = [np.flatnonzero((boxes == box).all(1))[0] for box in wanted[:, 2:]]
    return coefficients, prototypes, masks_of(wanted[:, 2:], coefficients[rows], prototypes)


def yolov5_masks(chance):
    """YOLOv5: ultralytics/yolov5, `models/yolo.py`, `Segment`: rows go on with coefficients."""
    boxes, rest = (centred(chance, 60) * SIZE).astype(np.float32), shares(chance, 60, 1 + 5)
    found = to_corners(boxes.astype(np.float64))
    wanted = best(rest[:, :1] * rest[:, 1:], found, 0.4)
    coefficients, prototypes, masks = masked(chance, wanted, found)
    outputs = [
        ("output0", np.hstack([boxes, rest, coefficients])[None]),
        ("output1", prototypes[None]),
    ]
    return case("yolov5", 5, 0.4, outputs, wanted, masks=masks)


def yolov8_masks(chance):
    """YOLOv8 with coefficients of masks after the classes, and prototypes."""
    rows, wanted = yolov8_values(chance)
    coefficients, prototypes, masks = masked(chance, wanted, to_corners(rows[:, :4]))
    outputs = [("output0", np.hstack([rows, coefficients]).T[None]), ("output1", prototypes[None])]
    return case("yolov8", 5, 0.4, outputs, wanted, masks=masks)


def end_to_end_masks(chance):
    """The same exported with `nms=True`, and YOLO26: rows of corners, score, class, coefficients."""
    classes, scores, boxes = objects(chance)
    wanted = rows_above(classes, scores, boxes, 0.4)
    coefficients, prototypes, masks = masked(chance, wanted, boxes)
    rows = np.column_stack([boxes, scores, classes, coefficients])
    outputs = [("output0", rows[None]), ("output1", prototypes[None])]
    return case("end_to_end", 5, 0.4, outputs, wanted, masks=masks)


def yolo_nas_raw(chance):
    """YOLO-NAS: Deci-AI/super-gradients, `pp_yolo_e/post_prediction_callback.py` (Apache-2.0).

    `multi_label_per_box`, its default.
    """
    boxes, scores = corners(chance, 60), (shares(chance, 60, 5) ** 2).astype(np.float32)
    outputs = [("graph2_pred_bboxes", boxes[None]), ("graph2_pred_scores", scores[None])]
    return case("yolo_nas", 5, 0.4, outputs, every(scores.astype(np.float64), boxes, 0.4))


def ssd(chance):
    """SSD: Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB, `vision/ssd/predictor.py` (MIT).

    Column 0 is the background; every class above the threshold is suppressed by itself.
    """
    scores = softmax(drawn(chance, 60, 5) * 2).astype(np.float32).astype(np.float64)
    boxes = to_corners(centred(chance, 60)).astype(np.float32).astype(np.float64)
    wanted = every(scores[:, 1:], boxes * SIZE, 0.2)
    return case("ssd", 4, 0.2, [("scores", scores[None]), ("boxes", boxes[None])], wanted)


def distances(chance, cells, bins):
    """Logits of the distributions of four sides, and the distances, in strides."""
    logits = (2 * drawn(chance, cells, 4, bins)).astype(np.float32).astype(np.float64)
    return logits.reshape(cells, 4 * bins), softmax(logits) @ np.arange(bins)


def levels(strides, size, middle):
    """For each stride, the points that its cells measure from, row by row."""
    for stride in strides:
        down, across = (-(-side // stride) for side in (size[1], size[0]))
        y, x = np.mgrid[:down, :across].reshape(2, -1)
        yield stride, (np.stack([x, y], 1) + middle) * stride


def around(points, sides, stride):
    return np.concatenate([points - sides[:, :2] * stride, points + sides[:, 2:] * stride], 1)


def nanodet(chance):
    """NanoDet: RangiLyu/nanodet, `nanodet_head.py`, `gfl_head.py`, `demo_openvino` (Apache-2.0).

    Strides 8, 16, 32, from a cell's middle; a cell's best class, as the demos take it.
    """
    scores, bins, wanted = [], [], []
    for stride, points in levels((8, 16, 32), (WIDTH, HEIGHT), 0.5):
        logits, sides = distances(chance, len(points), 8)
        scores.append((shares(chance, len(points), 5) ** 3).astype(np.float32))
        bins.append(logits)
        wanted.append(best(scores[-1].astype(np.float64), around(points, sides, stride), 0.6))
    outputs = [(f"cls_{i}", values[None]) for i, values in enumerate(scores)]
    outputs += [(f"dis_{i}", values[None]) for i, values in enumerate(bins)]
    return case("nanodet", 5, 0.6, outputs, np.concatenate(wanted))


def nanodet_plus(chance):
    """NanoDet-Plus: RangiLyu/nanodet, `nanodet_plus_head.py`, `demo_ncnn` (Apache-2.0).

    Strides 8, 16, 32, 64, from a cell's upper left corner; `reg_max` 7, so 8 bins; an input that
    the largest stride does not divide.
    """
    rows, wanted = [], []
    for stride, points in levels((8, 16, 32, 64), (WIDTH, HEIGHT), 0):
        logits, sides = distances(chance, len(points), 8)
        scores = (shares(chance, len(points), 5) ** 3).astype(np.float32)
        rows.append(np.hstack([scores, logits]))
        wanted.append(best(scores.astype(np.float64), around(points, sides, stride), 0.6))
    return case("nanodet_plus", 5, 0.6, [("output", np.concatenate(rows)[None])],
                np.concatenate(wanted))


# Suppression inside: what is left to differ is where a value stands, and what it is called.


def objects(chance, n=9, classes=5):
    """Objects after suppression, the surest first: classes, scores, corners in pixels."""
    scores = np.sort(shares(chance, n))[::-1]
    return chance.integers(0, classes, n).astype(np.float64), scores, corners(chance, n)


def rows_above(classes, scores, boxes, threshold):
    return np.column_stack([classes, scores, boxes])[scores > threshold]


def yolov7_end_to_end(chance):
    """YOLOv7: WongKinYiu/yolov7, `models/experimental.py`, `ONNX_ORT`: class before score."""
    classes, scores, boxes = objects(chance)
    rows = np.column_stack([np.zeros(9), boxes, classes, scores])
    wanted = rows_above(classes, scores, boxes, 0.4)
    return case("yolov7_end_to_end", 5, 0.4, [("output", rows)], wanted)


def yolo_nas_flat(chance):
    """YOLO-NAS: Deci-AI/super-gradients, `models_export.md`, flat: score before class."""
    classes, scores, boxes = objects(chance)
    rows = np.column_stack([np.zeros(9), boxes, scores, classes])
    wanted = rows_above(classes, scores, boxes, 0.4)
    return case("yolo_nas", 5, 0.4, [("graph2_flat_predictions", rows)], wanted)


def padded(values, n, filler):
    more = [(0, n - len(values))] + [(0, 0)] * (values.ndim - 1)
    return np.pad(values, more, constant_values=filler)


def batch(chance, names, filler):
    """What comes after as many objects as there are means nothing."""
    classes, scores, boxes = objects(chance)
    outputs = list(zip(names, [
        np.array([[9]]),
        padded(boxes, 20, filler)[None],
        padded(scores, 20, filler)[None],
        padded(classes, 20, 0)[None],
    ]))
    return case("efficient_nms", 5, 0.4, outputs, rows_above(classes, scores, boxes, 0.4))


def yolo_nas_batch(chance):
    """YOLO-NAS in batches: super-gradients, `models_export.md`; the rest is filled with -1."""
    names = ("num_predictions", "pred_boxes", "pred_scores", "pred_classes")
    return batch(chance, names, -1)


def efficient_nms(chance):
    """NVIDIA/TensorRT, `plugin/efficientNMSPlugin/README.md`: only the first `num_dets` are valid."""
    return batch(chance, ("num_dets", "det_boxes", "det_scores", "det_classes"), 0.9)


def tf_detection(chance):
    """tensorflow/models, `exporter_lib_v2.py`, `core/post_processing.py` (Apache-2.0).

    Corners are y1, x1, y2, x2 as shares of the picture; classes get `label_id_offset`, 1.
    """
    classes, scores, boxes = objects(chance)
    given = (boxes / SIZE)[:, [1, 0, 3, 2]].astype(np.float32)
    boxes = given.astype(np.float64)[:, [1, 0, 3, 2]] * SIZE
    outputs = [
        ("detection_anchor_indices", np.arange(20.0)[None]),
        ("detection_boxes", padded(given, 20, 0)[None]),
        ("detection_classes", padded(classes + 1, 20, 1)[None]),
        ("detection_scores", padded(scores, 20, 0.9)[None]),
        ("num_detections", np.array([9.0])),
    ]
    return case("tf_detection", 5, 0.4, outputs, rows_above(classes, scores, boxes, 0.4))


def mmdeploy(chance):
    """open-mmlab/mmdeploy, `object_detection_model.py`, `End2EndModel` (Apache-2.0).

    Corners in pixels of what the network is given, padding and all; rows of score 0 are filling.
    """
    classes, scores, boxes = objects(chance)
    dets = padded(np.column_stack([boxes, scores]), 20, 0)
    outputs = [("dets", dets[None]), ("labels", padded(classes, 20, -1)[None])]
    return case("mmdeploy", 5, 0.4, outputs, rows_above(classes, scores, boxes, 0.4))


def paddle(chance):
    """PaddleDetection, `ppyoloe_head.py`, `post_process`, and `multiclass_nms3` (Apache-2.0).

    Class, score, corners, divided by `scale_factor`, which is 1 where the input is its own scale.
    """
    classes, scores, boxes = objects(chance)
    rows = padded(np.column_stack([classes, scores, boxes]), 20, 0.9)
    outputs = [("multiclass_nms3_0.tmp_0", rows), ("multiclass_nms3_0.tmp_2", np.array([9]))]
    return case("paddle", 5, 0.4, outputs, rows_above(classes, scores, boxes, 0.4))


def ssd_zoo(chance):
    """onnx/models, `object_detection_segmentation/ssd` (Apache-2.0): shares, classes from 1."""
    classes, scores, boxes = objects(chance)
    given = (boxes / SIZE).astype(np.float32)
    outputs = [("bboxes", given[None]), ("labels", classes[None] + 1), ("scores", scores[None])]
    return case("ssd", 5, 0.4, outputs,
                rows_above(classes, scores, given.astype(np.float64) * SIZE, 0.4))


CASES = (
    detr, detr_deployed, rt_detr, rf_detr, rf_detr_tuned, rt_detr_table, yolov5, yolov5_masks, yolov8,
    yolov8_masks, end_to_end_masks,
    yolo_nas_raw, ssd, nanodet, nanodet_plus, yolov7_end_to_end, yolo_nas_flat, yolo_nas_batch,
    efficient_nms, tf_detection, mmdeploy, paddle, ssd_zoo,
)

if __name__ == "__main__":
    print(json.dumps({
        make.__name__: make(np.random.default_rng(zlib.crc32(make.__name__.encode())))
        for make in CASES
    }))
