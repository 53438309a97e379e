/** By chance only as it is given, and by nothing else than its arguments: what a replay stands on. */

import type { ControlSnapshot } from "../../policies/offload/policy.ts";
import type { Answered } from "./answers.ts";
import { ask, type Asked, type Contender, type Question } from "./contender.ts";
import { countOf, difference, type Finding } from "./finding.ts";

/** An answer that comes out otherwise than before. */
interface Otherwise {
  readonly question: Question;
  readonly found: string;
}

/**
 * Whether chance is that of its `rng`: another copy of the policy, which is asked the same in the same
 * order, answers the same. `Math.random` and the clock do not.
 */
export async function checkChance(
  contender: Contender,
  answered: readonly Answered[],
): Promise<Finding> {
  const policy = await contender.loadAgain();
  try {
    const { runs } = contender;
    const otherwise = await otherwiseThan(answered, { policy, runs });
    if (otherwise.length > 0) {
      return {
        ...{ check: "chance", outcome: "failed", question: otherwise[0]!.question },
        found: `the same snapshot and seed give ${otherwise[0]!.found} ` +
          `(on ${countOf(otherwise.length, answered.length)})`,
        wanted: "numbers of its rng alone, and no clock",
      };
    }
  } finally {
    policy.close();
  }
  return { check: "chance", outcome: "ok", found: "the same seed gives the same answers" };
}

/**
 * Whether it goes by its arguments alone: what it is asked in another order, and what it is asked from a
 * record, in which what is `undefined` is absent, it answers as before.
 */
export async function checkPure(
  contender: Contender,
  answered: readonly Answered[],
): Promise<Finding> {
  const turned = await otherwiseThan(answered.toReversed(), contender);
  const [first] = turned;
  if (first) {
    return {
      ...{ check: "pure", outcome: "failed", question: first.question },
      found: `asked in another order, it answers ${first.found} ` +
        `(on ${countOf(turned.length, answered.length)})`,
      wanted: "nothing kept outside of its state: no variable of the module",
    };
  }
  const recorded = await otherwiseThan(answered, contender, asRecorded);
  const [second] = recorded;
  if (second) {
    return {
      ...{ check: "pure", outcome: "failed", question: second.question },
      found: `asked again from a record, it answers ${second.found} ` +
        `(on ${countOf(recorded.length, answered.length)})`,
      wanted: "that a value which is undefined and one which is absent are the same to it",
    };
  }
  return { check: "pure", outcome: "ok", found: "asked again in any order, it answers the same" };
}

async function otherwiseThan(
  answered: readonly Answered[],
  asked: Asked,
  given = (snapshot: ControlSnapshot) => snapshot,
): Promise<readonly Otherwise[]> {
  const otherwise: Otherwise[] = [];
  for (const { question, answer } of answered) {
    const { seed, snapshot } = question;
    const reply = await ask(asked, { seed, snapshot: given(snapshot) });
    const found = reply.kind === "answered" ? difference(answer, reply.answer) : reply.found;
    if (found !== undefined) otherwise.push({ question, found });
  }
  return otherwise;
}

function asRecorded(snapshot: ControlSnapshot): ControlSnapshot {
  return JSON.parse(JSON.stringify(snapshot));
}
