"""torchvision's detectors and classifiers as ONNX files with smarteye's manifests beside them.

    python torchvision_export.py NAME... --out DIR

`DIR` is then a model directory: copy it, or its files, to where the program looks for models. The weights
are torchvision's own, fetched the first time; `--state-dict FILE` takes them from a file instead.
"""

import argparse
import hashlib
import io
import json
import re
import sys
import urllib.error
import warnings
from dataclasses import dataclass
from pathlib import Path

import onnx
import torch
import torchvision
from torchvision.models import get_model_builder, get_model_weights

from random_weights import randomise, rectangles

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
OPSETS = range(16, 21)
"""From RoiAlign's present form to the newest that the tracing exporter knows."""

SIDE_MAX = 1920
"""A detector's picture is not reduced before the graph, which scales it by itself, up to this side."""


@dataclass(frozen=True)
class Detector:
    weights: str
    score_threshold: float
    masks: bool = False


@dataclass(frozen=True)
class Classifier:
    weights: str = "IMAGENET1K_V1"


MODELS = {
    "fasterrcnn_mobilenet_v3_large_320_fpn": Detector("COCO_V1", 0.5),
    "fasterrcnn_mobilenet_v3_large_fpn": Detector("COCO_V1", 0.5),
    "fasterrcnn_resnet50_fpn": Detector("COCO_V1", 0.5),
    "maskrcnn_resnet50_fpn": Detector("COCO_V1", 0.5, masks=True),
    "retinanet_resnet50_fpn": Detector("COCO_V1", 0.4),
    "alexnet": Classifier(),
    "densenet121": Classifier(),
    "googlenet": Classifier(),
    "inception_v3": Classifier(),
    "mnasnet0_5": Classifier(),
    "mobilenet_v2": Classifier(),
    "resnet101": Classifier(),
    "resnext101_32x8d": Classifier(),
    "shufflenet_v2_x0_5": Classifier(),
    "squeezenet1_0": Classifier(),
    "vgg11": Classifier(),
    "wide_resnet101_2": Classifier(),
}


class Refused(Exception):
    """What the user is told, in one line."""


def weights_of(name):
    return get_model_weights(name)[MODELS[name].weights]


def load_model(name, state_dict=None, seed=None):
    """The network, ready to infer: published weights, or a file's, or random ones."""
    if seed is not None:
        torch.manual_seed(seed)
        plain = {"weights": None}
        if isinstance(MODELS[name], Detector):
            plain["weights_backbone"] = None
        if name in ("googlenet", "inception_v3"):
            plain["init_weights"] = True
        model = get_model_builder(name)(**plain).eval()
        randomise(model, crop_of(name))
        return model
    weights = weights_of(name)
    if state_dict is None:
        try:
            return get_model_builder(name)(weights=weights).eval()
        except (urllib.error.URLError, OSError, RuntimeError) as cause:
            raise Refused(
                f"Cannot fetch the weights of {name} from {weights.url}: {cause}. Where that machine cannot be "
                f"reached, fetch the file elsewhere and name it with --state-dict"
            ) from cause
    # The builder is given the published weights' name, so that it builds what they are for (frozen
    # normalisation, its epsilon, googlenet's own scaling of the input), and finds the file's instead.
    states = read_state_dict(state_dict)
    original = type(weights).get_state_dict
    type(weights).get_state_dict = lambda *_, **__: states
    try:
        return get_model_builder(name)(weights=weights).eval()
    except (RuntimeError, KeyError) as cause:
        raise Refused(f"Cannot use {state_dict} as the weights of {name}: {brief(cause)}") from cause
    finally:
        type(weights).get_state_dict = original


def read_state_dict(path):
    try:
        states = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as cause:
        raise Refused(f"Cannot read the state dict {path}: {brief(cause)}") from cause
    for key in ("model", "state_dict"):  # how training scripts wrap it
        if isinstance(states, dict) and isinstance(states.get(key), dict):
            states = states[key]
    if not isinstance(states, dict):
        raise Refused(f"Cannot read the state dict {path}: it holds a {type(states).__name__}")
    return states


def brief(error):
    """An error in one line of a few words."""
    text = " ".join(str(error).split())
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if len(text) < 12:  # what pickle says of a file that is none
        return f"{type(error).__name__} {text}".strip()
    return text if len(text) <= 200 else f"{text[:200]} …"


def crop_of(name):
    """Side of a classifier's input; none for a detector."""
    if isinstance(MODELS[name], Detector):
        return None
    return weights_of(name).transforms().crop_size[0]


class OneOutput(torch.nn.Module):
    """A detector on one picture, its findings as a tuple."""

    def __init__(self, model, names):
        super().__init__()
        self.model, self.names = model, names

    def forward(self, image):
        (found,) = self.model([image])
        return tuple(found[name] for name in self.names)


def export_detector(model, path, masks=False, size=(240, 320), opset=17):
    """One picture `[3, height, width]`, RGB 0 to 1, of any size → boxes, labels, scores (and masks).

    Gives the names of the outputs.
    """
    names = ["boxes", "labels", "scores"] + ["masks"] * masks
    axes = {"image": {1: "height", 2: "width"}, **{name: {0: "objects"} for name in names}}
    if masks:
        axes["masks"] |= {2: "height", 3: "width"}
    (picture,) = rectangles(1, *size)  # to trace with: what lies in it does not matter
    write_onnx(OneOutput(model, names).eval(), (picture,), path, ["image"], names, axes, opset)
    return names


def export_classifier(model, path, side, opset=17):
    """`[1, 3, side, side]`, normalised → logits `[1, classes]`."""
    picture = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    write_onnx(model, (picture,), path, ["image"], ["logits"], None, opset)


def write_onnx(model, example, path, inputs, outputs, axes, opset):
    buffer = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            example,
            buffer,
            dynamo=False,  # the tracer that torchvision's own ONNX tests use
            opset_version=opset,
            input_names=inputs,
            output_names=outputs,
            dynamic_axes=axes,
        )
    file = onnx.load_from_string(buffer.getvalue())
    for node in all_nodes(file.graph):
        node.doc_string = ""
    onnx.checker.check_model(file)
    onnx.save(file, str(path))


def all_nodes(graph):
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from all_nodes(attribute.g)


def verify_detector(model, path, names, sizes=((240, 320), (333, 250))):
    """What torchvision finds in a picture, at two sizes, the file finds too, and nothing more.

    One in twenty may differ: of two objects that overlap by a hair less or more than what suppresses.
    """
    session = open_session(path)
    for height, width in sizes:
        (picture,) = rectangles(1, height, width)
        with torch.no_grad():
            (wanted,) = model([picture])
        wanted = {name: value.numpy() for name, value in wanted.items()}
        found = dict(zip(names, session.run(names, {"image": picture.numpy()})))
        for one, other, what in ((wanted, found, "does not find"), (found, wanted, "finds")):
            lost = unmatched(one, other)
            if len(lost) > len(one["scores"]) / 20:
                raise Refused(
                    f"Cannot trust {path}: of {width}×{height} pixels it {what} the object {lost[0]} of "
                    f"torchvision's, and {len(lost) - 1} more"
                )


def unmatched(ones, others, score_margin=0.005, box_margin=1.0, mask_margin=0.02):
    """The places of those objects that the others lack; the least sure of a full list may be cut there."""
    least = others["scores"].min(initial=1) if len(others["scores"]) >= 100 else 0.05
    lost = []
    for i, (box, label, score) in enumerate(zip(ones["boxes"], ones["labels"], ones["scores"])):
        same = (others["labels"] == label) & (abs(others["scores"] - score) <= score_margin)
        same &= abs(others["boxes"] - box).max(1) <= box_margin
        if "masks" in ones and same.any():
            differ = (others["masks"][same] >= 0.5) != (ones["masks"][i] >= 0.5)
            same = differ.mean((1, 2, 3)) <= mask_margin
        if not same.any() and score > least + score_margin:
            lost.append(i)
    return lost


def verify_classifier(model, path, side):
    picture = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(1)) * 2 - 1
    with torch.no_grad():
        wanted = model(picture).softmax(1).numpy()
    (logits,) = open_session(path).run(None, {"image": picture.numpy()})
    difference = abs(torch.from_numpy(logits).softmax(1).numpy() - wanted).max()
    if difference > 0.001:
        raise Refused(f"Cannot trust {path}: probabilities differ by {difference} from torchvision's")


def open_session(path):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def sha256_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def bytes_scale(values):
    """Of a mean or a standard deviation of 0 to 1: of 0 to 255."""
    return [round(value * 255, 4) for value in values]


def write_manifest(path, name, **fields):
    """`<name>.json` beside the ONNX file `path`."""
    manifest = {
        "name": name,
        "service": fields.pop("service"),
        "file": path.name,
        "sha256": sha256_of(path),
        "license": fields.pop("license", "BSD-3-Clause"),
        **{key: value for key, value in fields.items() if value is not None},
    }
    text = json.dumps(manifest, indent=2)
    text = re.sub(r"\[\s+([^\[\]{}]{0,80}?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text)
    path.with_suffix(".json").write_text(text + "\n")


def detector_manifest(path, name, source, accuracy=None, labels="coco91", score_threshold=0.5):
    write_manifest(
        path,
        name,
        service="detection",
        source=source,
        input={
            "width": SIDE_MAX,
            "height": SIDE_MAX,
            "layout": "chw",
            "type": "float32",
            "color": "rgb",
            "mean": [0, 0, 0],
            "std": [255, 255, 255],
            "fit": "as_is",
            "resample": "linear",
            "pad": 0,
        },
        decoder="torchvision",
        labels=labels,
        accuracy=accuracy,
        score_threshold=score_threshold,
        iou_threshold=1,  # the graph suppresses by itself
    )


def classifier_manifest(path, name, source, crop, resize, accuracy=None, labels="imagenet1k"):
    write_manifest(
        path,
        name,
        service="classification",
        source=source,
        input={
            "width": crop,
            "height": crop,
            "layout": "nchw",
            "type": "float32",
            "color": "rgb",
            "mean": bytes_scale(IMAGENET_MEAN),
            "std": bytes_scale(IMAGENET_STD),
            "fit": "center_crop",
            "resize": resize,
            "resample": "antialias",
            "pad": 0,
        },
        decoder="classifier",
        labels=labels,
        accuracy=accuracy,
        score_threshold=0,
        iou_threshold=1,
    )


def export(name, folder, state_dict=None, seed=None, opset=17):
    """One model, its manifest, and the check that the file does what torchvision does."""
    recipe, weights = MODELS[name], weights_of(name)
    model = load_model(name, state_dict, seed)
    path = folder / f"{name}.onnx"
    library, accuracy = f"torchvision {torchvision.__version__.split('+')[0]}", None
    source = f"{library} {weights}: {weights.url}"
    if seed is not None:
        source = f"{library} {name}, RANDOM WEIGHTS of seed {seed}: it knows nothing"
    elif state_dict is not None:
        source = f"{library} {name}, weights of {Path(state_dict).name}"
    metrics = weights.meta["_metrics"]
    published = seed is None and state_dict is None
    if isinstance(recipe, Detector):
        if published:
            accuracy = {"metric": "COCO val2017 box mAP", "value": metrics["COCO-val2017"]["box_map"]}
        names = export_detector(model, path, recipe.masks, opset=opset)
        verify_detector(model, path, names)
        detector_manifest(path, name, source, accuracy, score_threshold=recipe.score_threshold)
    else:
        if published:
            accuracy = {"metric": "ImageNet-1K top-1", "value": metrics["ImageNet-1K"]["acc@1"]}
        transforms = weights.transforms()
        crop, resize = transforms.crop_size[0], transforms.resize_size[0]
        export_classifier(model, path, crop, opset)
        verify_classifier(model, path, crop)
        classifier_manifest(path, name, source, crop, resize, accuracy)
    return path


def arguments(argv):
    parser = argparse.ArgumentParser(
        description="Exports torchvision's models to ONNX, each with its manifest beside it.",
        epilog="example: %(prog)s fasterrcnn_mobilenet_v3_large_320_fpn mobilenet_v2 --out my-models",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="models, as --list names them")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the files; made where absent")
    weights = parser.add_mutually_exclusive_group()
    weights.add_argument(
        "--state-dict",
        type=Path,
        metavar="FILE",
        help="weights of the one model named, as torch.save wrote them; nothing is fetched",
    )
    weights.add_argument(
        "--random-weights",
        type=int,
        metavar="SEED",
        help="random weights, for tests: the manifest says so; nothing is fetched",
    )
    parser.add_argument("--opset", type=int, default=17, metavar="N", help="ONNX opset, 16 to 20; 17")
    parser.add_argument("--list", action="store_true", help="name the models, and stop")
    options = parser.parse_args(argv)
    if options.list:
        return options
    if not options.names:
        parser.error("name at least one model: --list names them")
    unknown = [name for name in options.names if name not in MODELS]
    if unknown:
        parser.error(f"no such model: {', '.join(unknown)}; --list names them")
    if not options.out:
        parser.error("say with --out where the files go")
    if options.state_dict and len(options.names) > 1:
        parser.error("--state-dict is of one model: name one")
    if options.opset not in OPSETS:
        parser.error(f"--opset: one of {OPSETS[0]} to {OPSETS[-1]}")
    return options


def main(argv=None):
    options = arguments(argv)
    if options.list:
        for name, recipe in MODELS.items():
            kind = "detector, masks" if getattr(recipe, "masks", False) else type(recipe).__name__.lower()
            print(f"{name}  ({kind}, {recipe.weights})")
        return 0
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.names:
        try:
            path = export(name, options.out, options.state_dict, options.random_weights, options.opset)
        except Refused as refused:
            (options.out / f"{name}.onnx").unlink(missing_ok=True)
            print(refused, file=sys.stderr)
            return 1
        print(f"{path} ({path.stat().st_size / 1e6:.1f} MB) and {path.with_suffix('.json').name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
