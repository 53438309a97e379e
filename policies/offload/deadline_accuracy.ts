/**
 * The best expected accuracy within the deadline, by a model of what comes: which size and quality the
 * link carries in time, how likely that is, and what a frame is worth that is not inferred, since the last
 * result still says something about it.
 *
 * Model-predictive control as in video streaming (Yin et al., A Control-Theoretic Approach for Dynamic
 * Adaptive Video Streaming over HTTP, SIGCOMM 2015), after the pattern of DeepDecision (Ran et al.,
 * INFOCOM 2018); the risk comes from the spread of what was measured, not from its mean. What is sent is
 * hedged here where the edge alone would be in time (Dean and Barroso, The Tail at Scale, CACM 2013).
 */

import type { Parameters } from "../parameters.ts";
import { type ContentMemory, keptAfter, learnContent } from "./content.ts";
import type { Sending } from "./expected_accuracy.ts";
import { bestOf, type Choice, Outlook } from "./outlook.ts";
import type { Answer, ControlPolicy, ControlSnapshot, Decision } from "./policy.ts";

/** Its own parameters. */
export const parameters = {
  skip: {
    about: "1 = a frame may do with the last result where that is better",
    unit: "",
    default: 1,
    min: 0,
    max: 1,
    isWhole: true,
  },
  stride: {
    about: "frames of which one is sent, at most, where a larger one pays",
    unit: "frames",
    default: 4,
    min: 1,
    max: 100,
    isWhole: true,
  },
  miss_cost: {
    about: "accuracy that a deadline is worth: with less, more are risked",
    unit: "",
    default: 1,
    min: 0,
    max: 10,
  },
} as const satisfies Parameters;

/** Decides. Where there is no cloud, it is the best of the edge. */
export const deadlineAccuracy: ControlPolicy = (snapshot): Answer => {
  const memory = learnContent(snapshot);
  return { ...new Plan(snapshot, memory).decide(), state: memory };
};

/** What follows at one decision from what is known. Worth is expected accuracy, 0 to 1. */
class Plan {
  readonly #outlook: Outlook;

  constructor(private readonly snapshot: ControlSnapshot, private readonly memory: ContentMemory) {
    this.#outlook = new Outlook(snapshot, memory, { mayFilter: this.#parameter("skip") === 1 });
  }

  decide(): Decision {
    const outlook = this.#outlook;
    const model = outlook.sendsTo;
    if (!model) return outlook.fill("the cloud is not available");
    if (outlook.isUnknown) {
      const isHedged = outlook.local >= outlook.carried;
      return outlook.send(model, outlook.sendings[0]!, isHedged, "to see the link");
    }
    const [now, next] = outlook.filled;
    const best = this.#bestChoice();
    const filled = ((now + next) / 2).toFixed(2);
    if (!best || best.worth <= now + next) return outlook.fill(`${filled} without the cloud`);
    const reason = `${(best.worth / 2).toFixed(2)} expected there, ${filled} without`;
    return outlook.send(model, best.sending, best.isHedged, reason);
  }

  /** Of all that the link bears, what is worth most; `undefined` where it bears nothing now. */
  #bestChoice(): Choice | undefined {
    return bestOf(this.#outlook.choices(this.#affordable(), this.#parameter("miss_cost")));
  }

  /**
   * Sizes up to the one that is worth most when it is sent as often as the link bears it: every frame, or
   * a larger one every few frames. None when it is not yet the turn of the next.
   */
  #affordable(): readonly Sending[] {
    const { sendings, framesSinceSent } = this.#outlook;
    const stride = this.#parameter("stride");
    let best:
      | { readonly bytes: number; readonly every: number; readonly worth: number }
      | undefined;
    for (const sending of sendings) {
      for (let every = 1; every <= stride; every++) {
        const worth = this.#worthOfEvery(sending, every);
        if (!best || worth > best.worth) best = { bytes: sending.bytes, every, worth };
      }
    }
    const { bytes: most, every } = best!;
    if (framesSinceSent < every) return [];
    return sendings.filter(({ bytes }) => bytes <= most);
  }

  /** Mean worth of frames of which one of `every` is sent so, for ever. */
  #worthOfEvery({ bytes, accuracy }: Sending, every: number): number {
    const { intervalMs } = this.memory;
    const { uplink, leftMs, local, filled: [filled] } = this.#outlook;
    const likely = this.#outlook.share((bytesPerMs) =>
      bytes / bytesPerMs <= every * intervalMs && uplink.restMs + bytes / bytesPerMs <= leftMs
    );
    let sum = likely * accuracy + (1 - likely) * filled;
    for (let frame = 1; frame < every; frame++) {
      const carried = likely * accuracy * keptAfter(this.memory, frame * intervalMs);
      sum += Math.max(carried, local);
    }
    return sum / every;
  }

  #parameter(name: keyof typeof parameters): number {
    return this.snapshot.parameters[name] ?? parameters[name].default;
  }
}
