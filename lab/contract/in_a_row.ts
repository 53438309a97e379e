/** A run of many frames, one after the other: what a policy keeps in its state, and how long it takes. */

import { seededRng, seedOf } from "../../core/rng.ts";
import type { ControlSnapshot, Json } from "../../policies/offload/policy.ts";
import { STATE_BYTES_MAX } from "../../policies/offload/state.ts";
import { anyRun, anySnapshot } from "./any_snapshot.ts";
import { ask, type Contender, type Question } from "./contender.ts";
import type { Finding } from "./finding.ts";

/** Frames of the run. */
export const FRAMES_IN_A_ROW = 2000;

/** Frames before decisions are timed: until then V8 compiles. */
const WARM_UP = 200;

/** Bytes that a state may gain in the second half of the run. */
const GAIN_BYTES_MAX = 64;

/** Milliseconds that a decision should take at most, at the 99th percentile. */
export const QUICK_MS = 0.2;

/** What a run came to. */
export interface Row {
  /** Bytes of the state as JSON, frame by frame. */
  readonly stateBytes: readonly number[];
  /** Milliseconds of each decision after those that warm it up, where the policy runs; ascending. */
  readonly tookMs: readonly number[];
  /** What ended it early. */
  readonly failure: { readonly found: string; readonly question: Question } | undefined;
}

/** Asks about frames in a row, each with the state of the one before. */
export async function runInARow(contender: Contender, seed: number): Promise<Row> {
  const { parameters } = contender;
  const run = anyRun(seededRng(seed));
  const stateBytes: number[] = [];
  const before = contender.tookMs().length;
  const over = (failure: Row["failure"]): Row => {
    const tookMs = contender.tookMs().slice(before + WARM_UP).sort((a, b) => a - b);
    return { stateBytes, tookMs, failure };
  };
  let state: Json | undefined;
  for (let index = 1; index <= FRAMES_IN_A_ROW; index++) {
    const own = seedOf(seed, index) >>> 0;
    const drawn = anySnapshot(seededRng(own), run, { index, ptsMs: 40 * (index - 1) });
    const snapshot: ControlSnapshot = {
      ...{ ...drawn, parameters },
      ...(state === undefined ? {} : { state }),
    };
    const reply = await ask(contender, { seed: own, snapshot });
    if (reply.kind !== "answered") {
      const question = { extreme: `frame ${index} in a row`, seed: own, snapshot };
      return over({ found: reply.found, question });
    }
    state = reply.answer.state ?? state;
    stateBytes.push(state === undefined ? 0 : JSON.stringify(state).length);
  }
  return over(undefined);
}

/** Whether the state is such data as can be recorded, and stays as small as it was. */
export function checkState({ stateBytes, failure }: Row): Finding {
  if (failure) {
    return {
      ...{ check: "state", outcome: "failed", question: failure.question },
      found: `at frame ${stateBytes.length + 1} in a row, ${failure.found}`,
      wanted: `answers to ${FRAMES_IN_A_ROW} frames, each with the state of the one before`,
    };
  }
  const quarter = FRAMES_IN_A_ROW / 4;
  const greatest = [0, 1, 2, 3].map((i) =>
    Math.max(...stateBytes.slice(i * quarter, (i + 1) * quarter))
  ) as [number, number, number, number];
  const [first, second, third, fourth] = greatest;
  const gain = fourth - second;
  // What fills up, such as what is known of a few choices, gains less and less.
  const isSteady = gain >= second - first && first < second && second < third && third < fourth;
  if (gain > GAIN_BYTES_MAX && isSteady) {
    const left = (STATE_BYTES_MAX - fourth) / (gain / (2 * quarter));
    return {
      ...{ check: "state", outcome: "failed" },
      found:
        `its state grows: ${second} bytes of JSON by frame ${2 * quarter}, ${fourth} by frame ` +
        `${FRAMES_IN_A_ROW}; past ${STATE_BYTES_MAX}, at about frame ` +
        `${Math.round(FRAMES_IN_A_ROW + left)}, the run would end`,
      wanted: "a state that stays as small as it is",
    };
  }
  const most = Math.max(...greatest);
  const found = most === 0 ? "keeps none" : `at most ${most} bytes of JSON`;
  return {
    ...{ check: "state", outcome: "ok" },
    found: `${found} over ${FRAMES_IN_A_ROW} frames in a row`,
  };
}

/**
 * How long a decision takes. Only what an edge would not wait for is a failure: a machine that does other
 * things as well is slow at times.
 *
 * @param decisionMs milliseconds that the edge waits for a decision.
 */
export function checkTime({ tookMs }: Row, decisionMs: number): Finding {
  if (tookMs.length === 0) {
    return { check: "time", outcome: "skipped", found: "too few decisions to tell" };
  }
  const at = (share: number) => tookMs[Math.floor(share * tookMs.length)]!;
  const p99 = at(0.99);
  const found = `p50 ${at(0.5).toFixed(3)} ms, p99 ${p99.toFixed(3)} ms a decision`;
  if (p99 > decisionMs) {
    return {
      ...{ check: "time", outcome: "failed", found },
      wanted: `at most ${decisionMs} ms, or frames are decided about without it`,
    };
  }
  if (p99 <= QUICK_MS) return { check: "time", outcome: "ok", found };
  return {
    ...{ check: "time", outcome: "warning", found },
    wanted: `at most ${QUICK_MS} ms at p99, on a machine that does nothing else`,
  };
}
