/** The lesser of a few chosen at random: the power of two choices (Mitzenmacher, 1996; gRFC A48). */

import { pickIndex, type Rng } from "../../core/rng.ts";
import type { Parameters, ParameterValues } from "../parameters.ts";
import { leastOf } from "./least.ts";
import type { DispatchCandidate, DispatchPolicy } from "./policy.ts";

/** How many are chosen, as gRFC A48 has it (`choice_count`). */
export const choices = {
  choices: {
    about: "servers that are compared, chosen at random",
    unit: "servers",
    default: 2,
    min: 2,
    max: 10,
    isWhole: true,
  },
} as const satisfies Parameters;

/**
 * Of `choices` servers the one with the fewest of our requests in flight: nearly as good as looking at
 * all of them, and several forwarders do not all run to the same one.
 */
export const p2c: DispatchPolicy = ({ candidates, parameters }, rng): string =>
  leastOf(chosen(candidates, parameters, rng), ({ inFlight }) => inFlight, rng);

/** As many candidates as the parameter `choices` says, each as likely as the others, none twice. */
export function chosen(
  candidates: readonly DispatchCandidate[],
  parameters: ParameterValues | undefined,
  rng: Rng,
): DispatchCandidate[] {
  return sampleOf(candidates, parameters?.["choices"] ?? choices.choices.default, rng);
}

/** So many of them, or all there are, each as likely as the others, none twice (Fisher & Yates). */
export function sampleOf(
  candidates: readonly DispatchCandidate[],
  count: number,
  rng: Rng,
): DispatchCandidate[] {
  const left = [...candidates];
  const wanted = Math.min(count, left.length);
  for (let at = 0; at < wanted; at++) {
    const other = at + pickIndex(rng, left.length - at);
    [left[at], left[other]] = [left[other]!, left[at]!];
  }
  return left.slice(0, wanted);
}
