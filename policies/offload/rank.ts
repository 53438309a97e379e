/** "Fastest" and "most accurate", from measurements and manifests, never from names. */

import type { ModelProfile } from "../../core/model.ts";

/** The model with the least measured latency; unmeasured ones come last, equals go by name. */
export function fastestModel(models: readonly ModelProfile[]): ModelProfile | undefined {
  return best(models, (model) => -(model.latencyMs ?? Infinity));
}

/** The model with the greatest accuracy; unrated ones come last, equals go by latency, then by name. */
export function mostAccurateModel(models: readonly ModelProfile[]): ModelProfile | undefined {
  const top = Math.max(...models.map((model) => model.accuracy ?? -Infinity));
  return fastestModel(models.filter((model) => (model.accuracy ?? -Infinity) === top));
}

function best(models: readonly ModelProfile[], value: (model: ModelProfile) => number) {
  return [...models].sort((a, b) => value(b) - value(a) || (a.name < b.name ? -1 : 1))[0];
}
