/** Every output family: a new one is one more file, one more line here and its name in the manifest. */

import type { DecoderName } from "../../models/manifest.ts";
import { classifier } from "./classifier.ts";
import { detr } from "./detr.ts";
import { detrSigmoid } from "./detr_sigmoid.ts";
import { efficientNms } from "./efficient_nms.ts";
import { endToEnd } from "./end_to_end.ts";
import type { Family } from "./family.ts";
import { fastestdet } from "./fastestdet.ts";
import { mmdeploy } from "./mmdeploy.ts";
import { nanodet } from "./nanodet.ts";
import { nanodetPlus } from "./nanodet_plus.ts";
import { paddle } from "./paddle.ts";
import { picodet } from "./picodet.ts";
import { ssd } from "./ssd.ts";
import { tfDetection } from "./tf_detection.ts";
import { torchvision } from "./torchvision.ts";
import { yoloNas } from "./yolo_nas.ts";
import { yolov5 } from "./yolov5.ts";
import { yolov7EndToEnd } from "./yolov7_end_to_end.ts";
import { yolov8 } from "./yolov8.ts";
import { yolox } from "./yolox.ts";
import { yunet } from "./yunet.ts";

/**
 * The families, in the order in which a network's tensors are held against them: of those that fit,
 * the first whose boxes can be boxes.
 */
export const FAMILIES: readonly Family[] = [
  ...[yunet, torchvision, tfDetection, efficientNms, mmdeploy, detr, classifier, fastestdet],
  ...[yolox, nanodetPlus, yolov5, endToEnd, paddle, yolov7EndToEnd, yoloNas, yolov8, picodet],
  ...[nanodet, detrSigmoid, ssd],
];

const BY_NAME = new Map(FAMILIES.map((family) => [family.name, family]));

/** The family that a manifest names. */
export function familyOf(name: DecoderName): Family {
  return BY_NAME.get(name)!; // a test holds the names of the manifest and this list in step
}
