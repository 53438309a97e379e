/** Every decoder of a detector: a new output family is one more file, and one more line here. */

import type { DetectorName } from "../../models/manifest.ts";
import type { Decoder } from "./decoder.ts";
import { decodeDetr } from "./detr.ts";
import { decodeEndToEnd } from "./end_to_end.ts";
import { decodeFastestdet } from "./fastestdet.ts";
import { decodeNanodet } from "./nanodet.ts";
import { decodePicodet } from "./picodet.ts";
import { decodeSsd } from "./ssd.ts";
import { decodeTorchvision } from "./torchvision.ts";
import { decodeYolov5 } from "./yolov5.ts";
import { decodeYolov8 } from "./yolov8.ts";
import { decodeYolox } from "./yolox.ts";
import { decodeYunet } from "./yunet.ts";

/** Every detector's decoder, by the name that a manifest gives. */
export const DECODERS: Readonly<Record<DetectorName, Decoder>> = {
  fastestdet: decodeFastestdet,
  yolox: decodeYolox,
  yolov5: decodeYolov5,
  yolov8: decodeYolov8,
  end_to_end: decodeEndToEnd,
  nanodet: decodeNanodet,
  picodet: decodePicodet,
  detr: decodeDetr,
  ssd: decodeSsd,
  yunet: decodeYunet,
  torchvision: decodeTorchvision,
};
