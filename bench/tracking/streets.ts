/** What benches on rendered streets are asked for, and the model that looks at them. */

import type { ParseArgsOptionsConfig } from "node:util";
import { systemClock } from "../../core/clock.ts";
import { InferenceEngine } from "../../inference/engine.ts";
import { CPU } from "../../inference/provider.ts";
import { Catalogue } from "../../models/catalogue.ts";

/** Options of such a bench. */
export const STREET_ARGS = {
  seeds: { type: "string", default: "1-20" },
  seconds: { type: "string", default: "30" },
  fps: { type: "string", default: "25,3" },
  model: { type: "string", default: "smarteye_street" },
} as const satisfies ParseArgsOptionsConfig;

/** Seeds from a text such as `1-20`, or `7`. */
export function seedsOf(text: string): readonly number[] {
  const [first, last = first] = text.split("-").map(Number);
  return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
}

/** An engine with a model in it; `none` is no model. */
export async function openEngine(model: string | undefined): Promise<InferenceEngine> {
  const engine = InferenceEngine.open({
    catalogue: await Catalogue.open(Deno.env.get("SMARTEYE_MODELS") ?? "models/none"),
    workers: 1,
    session: { threads: 1, provider: CPU },
    queueLengthMax: 4,
    clock: systemClock,
  });
  if (model !== undefined) await engine.repository.load(model);
  return engine;
}
