/** Which published accuracies say something beside each other. */

import type { Manifest } from "./manifest.ts";

/** Of faces alone, or of six classes on one road: greater than any mAP over COCO's many classes. */
const OF_ITS_OWN = /WIDER ?FACE|highway/i;

/**
 * The accuracy that a policy may rank a model by, 0 to 100. One by a metric of another kind than
 * its service's other models is left out: such a model is ranked last, and used where it is named.
 */
export function rankedAccuracy({ accuracy }: Manifest): number | undefined {
  return accuracy === undefined || OF_ITS_OWN.test(accuracy.metric) ? undefined : accuracy.value;
}
