/** Which published accuracies say something beside each other. */

import type { Service } from "../core/detection.ts";
import type { Benchmark, Manifest } from "./manifest.ts";

/** What the models of a service are usually measured on: only accuracies by it rank. */
const COMMON: Readonly<Record<Service, Benchmark>> = {
  detection: "coco",
  classification: "imagenet",
};

/**
 * The accuracy that a policy may rank a model by, 0 to 100. One by another benchmark than its
 * service's common one is left out: six classes on one road, or faces alone, reach more than any mAP
 * over COCO's many classes. Such a model is ranked last, and used where it is named. A manifest that
 * does not say the benchmark is taken at its word, as manifests were before they could say it.
 */
export function rankedAccuracy({ service, accuracy }: Manifest): number | undefined {
  const common = COMMON[service];
  return (accuracy?.benchmark ?? common) === common ? accuracy?.value : undefined;
}
