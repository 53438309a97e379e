/** What comes with the program: manifests, label sets, and the weights of some. */

import coco80 from "./labels/coco80.json" with { type: "json" };
import coco91 from "./labels/coco91.json" with { type: "json" };
import imagenet1k from "./labels/imagenet1k.json" with { type: "json" };
import fastestdet from "./manifests/fastestdet.json" with { type: "json" };
import mobilenetV2Int8 from "./manifests/mobilenet_v2_int8.json" with { type: "json" };
import nanodetM from "./manifests/nanodet_m.json" with { type: "json" };
import picodetS320 from "./manifests/picodet_s_320.json" with { type: "json" };
import picodetS416 from "./manifests/picodet_s_416.json" with { type: "json" };
import picodetS640 from "./manifests/picodet_s_640.json" with { type: "json" };
import smarteyeStreet from "./manifests/smarteye_street.json" with { type: "json" };
import ultrafaceRfb320 from "./manifests/ultraface_rfb_320.json" with { type: "json" };
import yoloxNano from "./manifests/yolox_nano.json" with { type: "json" };
import yunet from "./manifests/yunet.json" with { type: "json" };

/** Manifests as JSON, by the name of their file. Weights are under licences that let anyone use them. */
export const MANIFESTS: Readonly<Record<string, unknown>> = {
  "fastestdet.json": fastestdet,
  "mobilenet_v2_int8.json": mobilenetV2Int8,
  "nanodet_m.json": nanodetM,
  "picodet_s_320.json": picodetS320,
  "picodet_s_416.json": picodetS416,
  "picodet_s_640.json": picodetS640,
  "smarteye_street.json": smarteyeStreet,
  "ultraface_rfb_320.json": ultrafaceRfb320,
  "yolox_nano.json": yoloxNano,
  "yunet.json": yunet,
};

/**
 * Label sets by name: COCO's 80 classes; the 91 of torchvision, which count by COCO's own numbers
 * from a background on; ImageNet's 1000 as torchvision names them.
 */
export const LABEL_SETS: Readonly<Record<string, readonly string[]>> = {
  coco80,
  coco91,
  imagenet1k,
};

/** The directory of the weights that come with the program; it may be missing. */
export const WEIGHTS = new URL("./weights/", import.meta.url);
