/** What a file says that its network is for, and what follows from that. */

import { SmarteyeError } from "../../core/errors.ts";
import type { Service } from "../../core/detection.ts";
import type { Layout } from "../decode/family.ts";
import { PLAIN, SHARES } from "../decode/conventions.ts";

/** Services of the tasks that results have a place for; of segmentation, boxes and some masks. */
const SERVICES: Readonly<Record<string, Service>> = {
  detect: "detection",
  detection: "detection",
  "object-detection": "detection",
  segment: "detection",
  classify: "classification",
  classification: "classification",
  "image-classification": "classification",
};

/** Tasks that there is no place for, in words. */
const OTHERS: Readonly<Record<string, string>> = {
  pose: "key points of poses",
  obb: "oriented boxes",
  semantic: "classes of pixels",
  depth: "depths of pixels",
};

/**
 * How Ultralytics feeds its classifiers (ultralytics/ultralytics, `data/augment.py`,
 * `classify_transforms`): the short side at the tensor's size, its middle, no mean.
 */
export const CLASSIFIED: Layout["input"] = {
  ...{ ...PLAIN, ...SHARES },
  color: "rgb",
  fit: "center_crop",
  resample: "antialias",
};

/** What a network answers by its file's word; undefined where the file does not say. */
export function serviceOf(task: string | undefined): Service | undefined {
  return task === undefined ? undefined : SERVICES[task];
}

/**
 * Refuses tasks that results have no place for.
 *
 * @throws {SmarteyeError} `failed_precondition` with the task's name.
 */
export function refuseTask(task: string | undefined): void {
  if (task === undefined || task in SERVICES) return;
  const about = OTHERS[task] ? `, ${OTHERS[task]},` : "";
  throw new SmarteyeError(
    "failed_precondition",
    `its file says that its task is "${
      task.slice(0, 40)
    }"${about} which results have no place for; ` +
      `a detector, a classifier or a segmentation are wanted`,
  );
}
