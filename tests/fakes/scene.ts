/** A policy's decisions over many frames, in a world so simple that what it should come to is known. */

import { type Rng, seededRng, seedOf } from "../../core/rng.ts";
import { type CheckedAnswer, checkedAnswer } from "../../policies/offload/check.ts";
import type {
  ControlPolicy,
  ControlSnapshot,
  Json,
  RecentOffload,
  RecentResult,
} from "../../policies/offload/policy.ts";
import { snapshot } from "./snapshot.ts";

/** A world. */
export interface Scene {
  readonly frames: number;
  readonly everyMs: number;
  readonly deadlineMs: number;
  readonly parameters: ControlSnapshot["parameters"];
  /** Mean score of the edge's own result; 0 where it finds nothing. */
  readonly localScore?: (index: number, rng: Rng) => number;
  /** Milliseconds from capture to answer. */
  readonly answerMs: (bytes: number, index: number) => number;
  /** Bytes of a JPEG. */
  readonly bytes?: (height: number, quality: number) => number;
}

/** What was decided, and what it cost. */
export interface Played {
  readonly answers: readonly CheckedAnswer[];
  /** Bytes of what was sent. */
  readonly bytes: number;
  /** Frames that were sent, and those of them whose answer was in time. */
  readonly sent: number;
  readonly inTime: number;
}

/** Size of a JPEG of a busy street. */
const jpegBytes = (height: number, quality: number) =>
  Math.round(height ** 1.5 * (1 + quality / 50));

/** Plays a scene: each result is there before the next frame is decided about. */
export function play(policy: ControlPolicy, scene: Scene, seed = 1): Played {
  const { everyMs, deadlineMs, parameters, bytes = jpegBytes, localScore = () => 0.6 } = scene;
  const rng = seededRng(seed);
  const answers: CheckedAnswer[] = [];
  const results: RecentResult[] = [];
  const recent: (RecentOffload & { readonly endedAtMs: number })[] = [];
  const sizes = new Map<string, { height: number; quality: number; bytes: number }>();
  let state: Json | undefined;
  let [spent, sent, inTime] = [0, 0, 0];
  for (let index = 1; index <= scene.frames; index++) {
    const ptsMs = (index - 1) * everyMs;
    const shown = snapshot({
      frame: { index, ptsMs },
      settings: { deadlineMs },
      cloud: {
        roundTripMs: 20,
        recent: recent.slice(-20).map(({ endedAtMs, ...one }) => (
          { ...one, agoMs: Math.max(0, ptsMs - endedAtMs) }
        )),
        sent: [...sizes.values()].slice(-16),
      },
      ...{ parameters, state },
    });
    const told = { ...shown, results: results.slice(-8) };
    const answer = checkedAnswer(policy(told, seededRng(seedOf(seed, index))), told);
    if (answer.state !== undefined) state = answer.state;
    answers.push(answer);
    const { decision } = answer;
    if (decision.place === "filter") continue;
    const score = localScore(index, rng);
    const second = decision.place === "local" && decision.second && score < decision.second.below
      ? decision.second
      : undefined;
    const sending = decision.place === "cloud" ? decision : second;
    const own = { index, ptsMs, place: "local", model: "fast", height: 0, quality: 0 } as const;
    let result: Omit<RecentResult, "agreements"> | undefined = {
      ...{ ...own, count: score === 0 ? 0 : 1, meanScore: score },
    };
    if (sending) {
      const { height, quality } = sending;
      const size = bytes(height, quality);
      const latencyMs = scene.answerMs(size, index);
      sizes.set(`${height}/${quality}`, { height, quality, bytes: size });
      recent.push({
        ...{ model: "accurate", bytes: size, agoMs: 0, latencyMs, endedAtMs: ptsMs + latencyMs },
        networkMs: latencyMs <= deadlineMs ? Math.max(1, latencyMs - 10) : undefined,
      });
      [spent, sent] = [spent + size, sent + 1];
      const isInTime = latencyMs <= deadlineMs;
      if (isInTime) inTime++;
      if (isInTime) result = { ...result, place: "cloud", model: "accurate", height, quality };
      else if (decision.place === "cloud" && decision.hedgeMs === undefined) result = undefined;
    }
    if (result) {
      // The edge's own results are half as good as the cloud's.
      const { place } = result;
      const agreements = results.slice(-7).toReversed().map((before) =>
        (before.place === place ? 0.7 : 0.35) + rng() / 10
      );
      results.push({ ...result, agreements });
    }
  }
  return { answers, bytes: spent, sent, inTime };
}
