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
import { worthwhileModels } from "./rank.ts";
import { uploadMs } from "./uplink.ts";
import type { Answer, ControlPolicy, ControlSnapshot, Decision } from "./policy.ts";

/** Its own parameters. */
export const parameters = {
  skip: {
    about: "1 = a frame may do with the last result, 0 = each is inferred",
    unit: "",
    default: 1,
    min: 0,
    max: 1,
    isWhole: true,
  },
  stride: {
    about: "of how many frames one is sent, at most",
    unit: "frames",
    default: 4,
    min: 1,
    max: 100,
    isWhole: true,
  },
  miss_cost: {
    about: "accuracy that a missed deadline costs: with less, more are risked",
    unit: "",
    default: 1,
    min: 0,
    max: 10,
  },
  byte_cost: {
    about: "accuracy that a megabyte has to be worth: with more, less is sent",
    unit: "",
    default: 0,
    min: 0,
    max: 1000,
  },
} as const satisfies Parameters;

/** Decides. Where there is no cloud, it is the best of the edge. */
export const deadlineAccuracy: ControlPolicy = (snapshot): Answer => {
  const memory = learnContent(snapshot);
  return { ...new Plan(snapshot, memory).decide(), state: memory };
};

/** How frames are sent for a while. */
interface Cadence {
  /** By the model that they are sent to. */
  readonly outlook: Outlook;
  /** Most that each takes. */
  readonly bytes: number;
  /** Of how many frames one is sent. */
  readonly every: number;
  /** Of a frame, on average. */
  readonly worth: number;
}

/** What follows at one decision from what is known. Worth is expected accuracy, 0 to 1 a frame. */
class Plan {
  /** By the cloud's models that are worth while, the quickest last. */
  readonly #outlooks: readonly Outlook[];

  constructor(private readonly snapshot: ControlSnapshot, private readonly memory: ContentMemory) {
    const mayFilter = this.#parameter("skip") === 1;
    const models = worthwhileModels(snapshot.cloud.models);
    this.#outlooks = models.length === 0
      ? [new Outlook(snapshot, memory, { mayFilter })]
      : models.map((to) => new Outlook(snapshot, memory, { mayFilter, to }));
  }

  decide(): Decision {
    const first = this.#outlooks.find(({ leftMs, uplink }) => uplink.restMs < leftMs) ??
      this.#outlooks.at(-1)!;
    if (!first.sendsTo) return first.fill("the cloud is not available");
    if (first.isUnknown) {
      const isHedged = first.local >= first.carried;
      return first.send(first.sendsTo, first.sendings[0]!, isHedged, "to see the link");
    }
    const { outlook, bytes: most, every } = this.#cadence();
    // What this frame comes to is carried forward until the next one is sent.
    const frames = every + 1;
    const filled = outlook.filled(frames);
    const best = outlook.framesSinceSent < every
      ? undefined
      : this.#bestChoice(outlook, most, frames);
    const without = (filled / frames).toFixed(2);
    if (!best || best.worth <= filled) return outlook.fill(`${without} without the cloud`);
    const reason = `${(best.worth / frames).toFixed(2)} expected there, ${without} without`;
    return outlook.send(outlook.sendsTo!, best.sending, best.isHedged, reason);
  }

  /** What is worth most of all that has no more bytes than `most`. */
  #bestChoice(outlook: Outlook, most: number, frames: number): Choice | undefined {
    const ways = outlook.sendings.filter(({ bytes }) => bytes <= most);
    const weighing = { missCost: this.#parameter("miss_cost"), frames, costOf: this.#costOf };
    return bestOf(outlook.choices(ways, weighing));
  }

  /** The model and size that are worth most, sent as often as the link bears: each frame, or one of a few. */
  #cadence(): Cadence {
    const stride = this.#parameter("stride");
    let best: Cadence | undefined;
    for (const outlook of this.#outlooks) {
      for (const sending of outlook.sendings) {
        for (let every = 1; every <= stride; every++) {
          const worth = this.#worthOfEvery(outlook, sending, every);
          if (!best || worth > best.worth) best = { outlook, bytes: sending.bytes, every, worth };
        }
      }
    }
    return best!;
  }

  /** Mean worth of frames of which one of `every` is sent so, for ever. */
  #worthOfEvery(outlook: Outlook, { bytes, accuracy }: Sending, every: number): number {
    const { intervalMs } = this.memory;
    const { uplink: { restMs }, leftMs, local } = outlook;
    const mostMs = Math.min(every * intervalMs, leftMs - restMs);
    const likely = outlook.share((upload) => uploadMs(upload, bytes) <= mostMs);
    let sum = likely * accuracy + (1 - likely) * outlook.filled(1);
    for (let frame = 1; frame < every; frame++) {
      const carried = likely * accuracy * keptAfter(this.memory, frame * intervalMs);
      sum += Math.max(carried, local);
    }
    return (sum - this.#costOf(bytes)) / every;
  }

  /** What so many bytes are to be worth. */
  readonly #costOf = (bytes: number): number => this.#parameter("byte_cost") * bytes / 1e6;

  #parameter(name: keyof typeof parameters): number {
    return this.snapshot.parameters[name] ?? parameters[name].default;
  }
}
