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

/** What a reason says where models are ranked by accuracy and that of some is not known; else nothing. */
export function unratedNote(models: readonly ModelProfile[]): string {
  const { length } = models.filter(({ accuracy }) => accuracy === undefined);
  if (length === 0 || models.length === 1) return "";
  return `, ${
    length === models.length ? "no model is" : `${length} of ${models.length} not`
  } rated`;
}

/** Those of which no other one is both as accurate and as fast: the most accurate first. */
export function worthwhileModels(models: readonly ModelProfile[]): readonly ModelProfile[] {
  const found: ModelProfile[] = [];
  let rest = models;
  for (let next = mostAccurateModel(rest); next; next = mostAccurateModel(rest)) {
    found.push(next);
    const { latencyMs = Infinity } = next;
    rest = rest.filter((model) =>
      model.accuracy !== undefined && (model.latencyMs ?? Infinity) < latencyMs
    );
  }
  return found;
}

function best(models: readonly ModelProfile[], value: (model: ModelProfile) => number) {
  return [...models].sort((a, b) => value(b) - value(a) || (a.name < b.name ? -1 : 1))[0];
}
