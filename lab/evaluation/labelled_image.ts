/** What people's labels say of images. */

import type { Box } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";

/** One labelled object. */
export interface LabelledObject {
  /** Place of its class among the data set's. */
  readonly classId: number;
  /** In units of its image's labels. */
  readonly box: Box;
  /** COCO's `iscrowd`: what is found there is neither right nor wrong. */
  readonly ignored: boolean;
}

/** An image and its objects. */
export interface LabelledImage {
  /** Its file's name in the data set. */
  readonly name: string;
  /** Its file. */
  readonly path: string;
  /** Width and height of the image in the boxes' unit: 1×1 where they are shares of it. */
  readonly unit: Size;
  /** None for an image that nothing is in. */
  readonly objects: readonly LabelledObject[];
}

/** Images that were looked through for objects of some classes. */
export interface LabelledImages {
  /** The form of the labels. */
  readonly form: "YOLO" | "COCO";
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** In the order of their names, or of the COCO file. */
  readonly images: readonly LabelledImage[];
}

/** Images that a data set may have. */
export const IMAGES_MAX = 200_000;

/** Objects that an image may have. */
export const OBJECTS_MAX = 10_000;
