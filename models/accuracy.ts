/** Which published accuracies say something beside each other. */

import type { Manifest } from "./manifest.ts";

/** Of faces alone: greater than any mAP over many classes, and of another task. */
const OF_ITS_OWN = /WIDER ?FACE/i;

/**
 * The accuracy that a policy may rank a model by, 0 to 100. One by a metric of another task than
 * its service's other models is left out: such a model is ranked last, and used where it is named.
 */
export function rankedAccuracy({ accuracy }: Manifest): number | undefined {
  return accuracy === undefined || OF_ITS_OWN.test(accuracy.metric) ? undefined : accuracy.value;
}
