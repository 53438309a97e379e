/** Total, in bounds, and with a reason: what a policy answers to anything that it may be asked. */

import type { CheckedAnswer } from "../../policies/offload/check.ts";
import { ask, type Contender, type Question, type Reply } from "./contender.ts";
import { ONE_SIDED } from "./extremes.ts";
import { countOf, type Finding } from "./finding.ts";

/** A question, and what came of it. */
export interface Replied {
  /** What was asked. */
  readonly question: Question;
  /** What came of it. */
  readonly reply: Reply;
}

/** A question with an answer that can be carried out. */
export interface Answered {
  /** What was asked. */
  readonly question: Question;
  /** What was answered. */
  readonly answer: CheckedAnswer;
}

/** Failures after which a policy is asked no more: each late one costs a Worker. */
const FAILURES_MAX = 3;

/** Asks everything in order, until it has failed a few times. */
export async function survey(
  contender: Contender,
  questions: readonly Question[],
): Promise<readonly Replied[]> {
  const replied: Replied[] = [];
  let failures = 0;
  for (const question of questions) {
    const reply = await ask(contender, question);
    replied.push({ question, reply });
    if (reply.kind === "failed" && ++failures >= FAILURES_MAX) break;
  }
  return replied;
}

/** Those that were answered so that it can be carried out. */
export function answeredOf(replied: readonly Replied[]): readonly Answered[] {
  return replied.flatMap(({ question, reply }) =>
    reply.kind === "answered" ? [{ question, answer: reply.answer }] : []
  );
}

/** Whether it answers whatever it is asked, at once. */
export function checkTotal(replied: readonly Replied[]): Finding {
  const failed = replied.filter(({ reply }) => reply.kind === "failed");
  const [first] = failed;
  if (first?.reply.kind === "failed") {
    const { question, reply: { found } } = first;
    return {
      ...{ check: "total", outcome: "failed", question },
      found: `${found} (on ${countOf(failed.length, replied.length)})`,
      wanted: "an answer to every snapshot, at once",
    };
  }
  const extremes = replied.filter(({ question }) => question.extreme !== undefined).length;
  return {
    ...{ check: "total", outcome: "ok" },
    found: `answers ${replied.length} snapshots, ${extremes} of them extremes`,
  };
}

/** Whether what it answers can be carried out. */
export function checkInBounds(replied: readonly Replied[]): Finding {
  const wrong = replied.filter(({ reply }) => reply.kind === "wrong");
  const [first] = wrong;
  if (first?.reply.kind === "wrong") {
    return {
      ...{ check: "in_bounds", outcome: "failed", question: first.question },
      found: `${first.reply.found} (on ${countOf(wrong.length, replied.length)})`,
      wanted: "a decision that can be carried out on every snapshot",
    };
  }
  const places = ["local", "cloud", "filter"].map((place) => {
    const count = answeredOf(replied).filter(({ answer: { decision } }) => decision.place === place)
      .length;
    return `${count} ${place}`;
  });
  return { check: "in_bounds", outcome: "ok", found: places.join(", ") };
}

/** Whether it says why. */
export function checkReason(answered: readonly Answered[]): Finding {
  const silent = answered.filter(({ answer }) => answer.decision.reason.trim() === "");
  if (silent.length > 0) {
    return {
      ...{ check: "reason", outcome: "failed", question: silent[0]!.question },
      found: `it gives no reason (on ${countOf(silent.length, answered.length)})`,
      wanted: "what it went by, in a few words: it stands in results.jsonl beside what came of it",
    };
  }
  const reasons = new Set(answered.map(({ answer }) => answer.decision.reason)).size;
  return { check: "reason", outcome: "ok", found: `always says why; ${reasons} different reasons` };
}

/**
 * What it does where one place offers no model. Some policies are meant for edges that have one, or for a
 * cloud that does: what it cannot answer there is told, and ends only the run of an edge where it is so.
 */
export async function checkOneSided(contender: Contender, seed: number): Promise<Finding> {
  const { parameters } = contender;
  for (const [extreme, snapshot] of Object.entries(ONE_SIDED)) {
    const question = { extreme, seed, snapshot: { ...snapshot, parameters } };
    const reply = await ask(contender, question);
    if (reply.kind === "answered") continue;
    return {
      ...{ check: "one_sided", outcome: "warning", question },
      found: `where ${extreme}, ${reply.found}`,
      wanted: "an answer with what the other place offers, or such an edge's run ends there",
    };
  }
  return {
    ...{ check: "one_sided", outcome: "ok" },
    found: "answers where the edge or the cloud has no model",
  };
}
