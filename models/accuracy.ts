/** Which published accuracies say something beside each other. */

import type { Service } from "../core/detection.ts";
import { SmarteyeError } from "../core/errors.ts";
import type { Accuracy, Benchmark, Manifest } from "./manifest.ts";

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
export function rankedAccuracy(
  { service, accuracy }: Pick<Manifest, "service" | "accuracy">,
): number | undefined {
  const common = COMMON[service];
  return (accuracy?.benchmark ?? common) === common ? accuracy?.value : undefined;
}

/** An accuracy that a user says, and of what it can be one. */
export interface Rating {
  /** As it gets into a manifest. */
  readonly accuracy: Accuracy;
  /** What a model does that it may be of; any where absent. */
  readonly service?: Service | undefined;
}

/** What a user may say, by its name on a command line; one of something else ranks nothing. */
const METRICS: Readonly<
  Record<string, Omit<Accuracy, "value"> & { readonly service?: Service }>
> = {
  coco_map_50_95: {
    metric: "COCO val2017 mAP50-95",
    ...{ benchmark: "coco", service: "detection" },
  },
  imagenet_top1: {
    metric: "ImageNet-1k val top-1",
    ...{ benchmark: "imagenet", service: "classification" },
  },
  wider_face_ap: {
    metric: "WIDER FACE val AP, hard",
    ...{ benchmark: "wider_face", service: "detection" },
  },
  highway_map_50_95: {
    metric: "highway test mAP50-95, six classes",
    ...{ benchmark: "highway", service: "detection" },
  },
  other: { metric: "of its user's own measuring", benchmark: "other" },
};

/** What a rating looks like, for messages and help. */
export const RATING_FORM: string =
  `one of ${Object.keys(METRICS).join(", ")}, = and 0 to 100, such as ` +
  "coco_map_50_95=37.3";

/** Reads `METRIC=VALUE`; a hint where it is none. */
export function parseRating(text: string): { value: Rating } | { hint: string } {
  const [, name = "", digits = ""] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  if (!Object.hasOwn(METRICS, name)) {
    return { hint: `"${name || text}" is no metric that is known` };
  }
  const value = /^\d{1,3}(\.\d{1,6})?$/.test(digits) ? Number(digits) : NaN;
  if (!(value >= 0 && value <= 100)) return { hint: `"${digits}" is no number from 0 to 100` };
  if (value > 0 && value < 1) {
    return { hint: `did you mean ${name}=${Number((100 * value).toFixed(4))}? It is in percent` };
  }
  const { service, ...said } = METRICS[name]!;
  return { value: { accuracy: { ...said, value }, service } };
}

/**
 * The manifest with a user's rating.
 *
 * @throws {SmarteyeError} `invalid_argument` when the model does something that is not rated so.
 */
export function ratedManifest<T extends Pick<Manifest, "name" | "service">>(
  manifest: T,
  { accuracy, service }: Rating,
): T & { readonly accuracy: Accuracy } {
  if (service === undefined || service === manifest.service) return { ...manifest, accuracy };
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot rate the model "${manifest.name}" by ${accuracy.metric}: it does ${manifest.service}, ` +
      `that rates ${service}`,
  );
}

/** What is told of a model's rating, and of what it is good for. */
export function ratingText(manifest: Pick<Manifest, "service" | "accuracy">): string {
  const { accuracy, service } = manifest;
  if (!accuracy) return `not rated: policies rank it last`;
  const said = `rated ${accuracy.value} (${accuracy.metric})`;
  return rankedAccuracy(manifest) === undefined
    ? `${said}: policies compare by ${COMMON[service]} alone, and rank it last`
    : said;
}
