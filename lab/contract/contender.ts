/** A policy that is held against the contract, and how it is asked. */

import { messageOf } from "../../core/errors.ts";
import { deepFrozen } from "../../core/deep_frozen.ts";
import { seededRng, seedOf } from "../../core/rng.ts";
import { Threw } from "../../policies/apart/policy_thread.ts";
import { LateDecision, type LoadedPolicy } from "../../policies/loaded_policy.ts";
import { type CheckedAnswer, checkedAnswer } from "../../policies/offload/check.ts";
import type { ControlSnapshot } from "../../policies/offload/policy.ts";
import type { Parameters, ParameterValues } from "../../policies/parameters.ts";
import { anySnapshot } from "./any_snapshot.ts";
import { EXTREMES } from "./extremes.ts";

/** The policy, and what it is asked with. */
export interface Contender {
  /** Asked; whoever loaded it closes it. */
  readonly policy: LoadedPolicy<ControlSnapshot>;
  /** Where it runs. What one returns that runs not just with the program comes as a promise. */
  readonly runs: "with_the_program" | "apart" | "combined";
  /** The values of its own parameters that its user has set. */
  readonly parameters: ParameterValues;
  /** The same policy, loaded once more: with nothing of what the first one may have kept. */
  readonly loadAgain: () => Promise<LoadedPolicy<ControlSnapshot>>;
  /** Milliseconds that each decision took by itself where it runs, those that it was asked for so far. */
  readonly tookMs: () => readonly number[];
}

/** What a policy is asked: it can be asked the same again. */
export interface Question {
  /** What is special about it; `undefined` when chance drew it. */
  readonly extreme: string | undefined;
  /** Of the snapshot that chance drew, and of the numbers that the policy may draw. */
  readonly seed: number;
  /** All that it is told. */
  readonly snapshot: ControlSnapshot;
}

/** What came of a question. */
export type Reply =
  /** Something was returned at once, and it can be carried out. */
  | { readonly kind: "answered"; readonly answer: CheckedAnswer }
  /** Something was returned that cannot be carried out: `its decision … , … is wanted`. */
  | { readonly kind: "wrong"; readonly found: string }
  /** It threw, returned a promise, or did not end in time: `it …`. */
  | { readonly kind: "failed"; readonly found: string };

/** How often one that was late is asked again: on a machine that does other things as well, all are at times. */
const TRIES = 3;

/** What is asked: a policy, and whether it runs in a Worker of its own. */
export type Asked = Pick<Contender, "runs"> & {
  readonly policy: Pick<LoadedPolicy<ControlSnapshot>, "ask">;
};

/** Asks a policy once, or again when it was late. Never throws. */
export async function ask(
  { policy, runs }: Asked,
  { seed, snapshot }: Pick<Question, "seed" | "snapshot">,
): Promise<Reply> {
  let late = "";
  for (let tries = 0; tries < TRIES; tries++) {
    let returned: unknown;
    try {
      const asked = policy.ask(deepFrozen(snapshot), seed);
      returned = runs === "with_the_program" ? asked : await asked;
    } catch (error) {
      if (!(error instanceof LateDecision)) {
        const message = messageOf(error);
        // What its Worker says of it begins with "it".
        const isTold = runs === "apart" && !(error instanceof Threw);
        const found = isTold ? message : `it threw "${message}"`;
        return { kind: "failed", found };
      }
      late = error.message;
      continue;
    }
    try {
      return { kind: "answered", answer: checkedAnswer(returned, snapshot) };
    } catch (error) {
      return { kind: "wrong", found: messageOf(error) };
    }
  }
  return { kind: "failed", found: `${late}, ${TRIES} times` };
}

/** Snapshots that chance draws, then every extreme. The same seed, the same questions. */
export function questionsFor(
  { policy, parameters }: Pick<Contender, "policy" | "parameters">,
  seed: number,
  count: number,
): readonly Question[] {
  const drawn = Array.from({ length: count }, (_, i): Question => {
    const own = seedOf(seed, i) >>> 0;
    const rng = seededRng(own);
    const snapshot = anySnapshot(rng);
    const values = i % 4 === 3 ? anyValues(policy.parameters, rng) : parameters;
    return { extreme: undefined, seed: own, snapshot: { ...snapshot, parameters: values } };
  });
  const extremes = Object.entries(EXTREMES).map(([extreme, snapshot]): Question => (
    { extreme, seed, snapshot: { ...snapshot, parameters } }
  ));
  return [...drawn, ...extremes];
}

/** Values that users may set: the least, the greatest, or any between. */
function anyValues(declared: Parameters, rng: () => number): ParameterValues {
  return Object.fromEntries(
    Object.entries(declared).map(([name, { min, max, isWhole }]) => {
      const share = rng();
      const value = share < 0.2 ? min : share > 0.8 ? max : min + rng() * (max - min);
      return [name, isWhole ? Math.round(value) : value];
    }),
  );
}
