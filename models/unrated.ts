/** Models that are not rated, beside others that are: policies that go by accuracy take them last. */

import { SERVICES } from "../core/detection.ts";
import { logger } from "../core/log.ts";
import { briefReference } from "../core/reference.ts";
import { rankedAccuracy } from "./accuracy.ts";
import type { Manifest } from "./manifest.ts";

const log = logger("models");

/** Of models that are used together, those without any accuracy, where others of their service have one. */
export function unratedBeside(manifests: readonly Manifest[]): Manifest[] {
  return SERVICES.flatMap((service) => {
    const same = manifests.filter((manifest) => manifest.service === service);
    const isAnyRated = same.some((manifest) => rankedAccuracy(manifest) !== undefined);
    return isAnyRated ? same.filter(({ accuracy }) => accuracy === undefined) : [];
  });
}

/** Tells of them, once for all. */
export function warnOfUnrated(manifests: readonly Manifest[]): void {
  const names = unratedBeside(manifests).map(briefReference);
  if (names.length === 0) return;
  log.warn(
    "not rated, so that policies that go by accuracy take the others first: {names} " +
      "(smarteye models rate {first} --accuracy METRIC=VALUE, or --eval DIR)",
    { names: names.join(", "), first: names[0] },
  );
}
