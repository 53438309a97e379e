/** Policies that are combined: each is asked as if it were alone, and what it keeps is kept for it. */

import { seedOf } from "../../core/rng.ts";
import type { LoadedPolicy } from "../loaded_policy.ts";
import { type CheckedAnswer, checkedAnswer } from "../offload/check.ts";
import type { Answer, ControlSnapshot, Json } from "../offload/policy.ts";
import type { Parameters, ParameterValues } from "../parameters.ts";

/** One frame, as those who combine see it. */
export interface Turn {
  /** What is known: of the parameters and the state each policy is told its own. */
  readonly snapshot: ControlSnapshot;
  /** What the combination itself keeps from frame to frame; `undefined` before the first. */
  readonly own: Json | undefined;
  /**
   * Asks one of the policies, by its place. What it wants to keep is kept; that of the last answer, where
   * it is asked again.
   *
   * @param change of what it is told, if it is not to be told all as it is.
   * @throws what it throws, also when its answer is not usable.
   */
  ask(at: number, change?: (snapshot: ControlSnapshot) => ControlSnapshot): Promise<CheckedAnswer>;
}

/** What is decided, and what the combination itself keeps. */
export interface Combined {
  /** Of these, `state` counts for nothing. */
  readonly answer: Answer;
  /** Comes back as `own` with the next frame. */
  readonly own?: Json;
}

/** A way to combine policies. */
export interface Combining {
  /** The expression, with the policies' own names. */
  readonly name: string;
  /** What it does, in one line. */
  readonly about: string;
  /** Those that are combined. */
  readonly policies: readonly LoadedPolicy<ControlSnapshot>[];
  /** Decides about one frame, from its arguments alone. */
  decide(turn: Turn): Promise<Combined>;
}

/** What is kept: for each policy by its place, and for the combination itself. */
interface Kept {
  readonly policies: Readonly<Record<string, Json>>;
  readonly own?: Json;
}

/** The combination, as a policy like any other. */
export function combined(
  { name, about, policies, decide }: Combining,
): LoadedPolicy<ControlSnapshot> {
  return {
    ...{ name, about },
    parts: policies.flatMap((policy) => policy.parts ?? [policy]),
    parameters: Object.assign({}, ...policies.map(prefixed)),
    needs: [...new Set(policies.flatMap(({ needs }) => needs))],
    async ask(snapshot, seed, signal) {
      const kept = keptIn(snapshot.state);
      const states = { ...kept.policies };
      const { answer, own } = await decide({
        snapshot,
        own: kept.own,
        async ask(at, change = (same) => same) {
          const policy = policies[at]!;
          const told = change({
            ...snapshot,
            parameters: parametersFor(policy, snapshot.parameters),
            state: kept.policies[at],
          });
          const asked = await policy.ask(told, seedOf(seed, at + 1), signal);
          const answered = checkedAnswer(asked, told);
          if (answered.state !== undefined) states[at] = answered.state;
          return answered;
        },
      });
      const state = { policies: states, ...(own === undefined ? {} : { own }) };
      return { ...answer, state } satisfies Answer;
    },
    close() {
      for (const policy of policies) policy.close();
    },
  };
}

/** Parameters as a combination declares them: `NAME.PARAMETER`, of policies that are not combined. */
export function prefixed(
  { name, parameters, parts }: Pick<LoadedPolicy<never>, "name" | "parameters" | "parts">,
): Parameters {
  if (parts) return parameters;
  return Object.fromEntries(
    Object.entries(parameters).map(([key, one]) => [`${name}.${key}`, one]),
  );
}

/** Of the parameters of a combination, those of one of its policies, as that names them. */
function parametersFor(
  { name, parameters, parts }: LoadedPolicy<ControlSnapshot>,
  values: ParameterValues,
): ParameterValues {
  if (parts) return values;
  return Object.fromEntries(
    Object.entries(parameters).map((
      [key, one],
    ) => [key, values[`${name}.${key}`] ?? one.default]),
  );
}

/** A state that is none of a combination's is of no use: it begins anew. */
function keptIn(state: Json | undefined): Kept {
  const isKept = typeof state === "object" && state !== null && "policies" in state &&
    typeof state["policies"] === "object";
  return isKept ? state as unknown as Kept : { policies: {} };
}

/** An answer without what is not passed on: the policy's own state. */
export function withoutState({ decision, propensity, shadow }: CheckedAnswer): Answer {
  return {
    ...decision,
    ...(propensity === undefined ? {} : { propensity }),
    ...(shadow === undefined ? {} : { shadow }),
  };
}
