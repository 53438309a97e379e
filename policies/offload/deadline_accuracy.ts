/**
 * The best expected accuracy within the deadline, by a model of what comes: which size and quality the
 * link carries in time, how likely, and what a frame is worth that is not inferred, since the last result
 * still says something about it.
 *
 * Model-predictive control as in video streaming (Yin et al., A Control-Theoretic Approach for Dynamic
 * Adaptive Video Streaming over HTTP, SIGCOMM 2015), after the pattern of DeepDecision (Ran et al.,
 * INFOCOM 2018); the risk comes from the spread of what was measured, not from its mean.
 */

import type { ModelProfile } from "../../core/model.ts";
import type { Parameters } from "../parameters.ts";
import { type ContentMemory, keptAfter, learnContent } from "./content.ts";
import { type Sending, sendings } from "./expected_accuracy.ts";
import type { Answer, ControlPolicy, ControlSnapshot, Decision } from "./policy.ts";
import { fastestModel, mostAccurateModel } from "./rank.ts";
import { type Uplink, uplinkOf } from "./uplink.ts";

/** Its own parameters. */
export const parameters = {
  skip: {
    about: "1 = a frame may do with the last result where that is worth more; 0 = each is inferred",
    unit: "",
    default: 1,
    min: 0,
    max: 1,
    isWhole: true,
  },
  stride: {
    about: "frames of which one is sent, at most, where a larger picture is worth that",
    unit: "frames",
    default: 4,
    min: 1,
    max: 100,
    isWhole: true,
  },
} as const satisfies Parameters;

/** Milliseconds before the deadline at which a result is to be there. */
const MARGIN_MS = 8;

/** A rate may be less than any that was measured of late: this much, as likely as this. */
const WORSE = { factor: 0.6, weight: 0.2 } as const;

/** Bytes a millisecond that are reckoned with before anything is known. */
const UNKNOWN_RATE = 125;

/** What all samples weigh together below which nothing is known of now. */
const KNOWN_WEIGHT = 0.2;

/** Decides. Where there is no cloud, it is the best of the edge. */
export const deadlineAccuracy: ControlPolicy = (snapshot): Answer => {
  const memory = learnContent(snapshot);
  return { ...new Plan(snapshot, memory).decide(), state: memory };
};

/** What is known at one decision, and what follows from it. */
class Plan {
  readonly #uplink: Uplink;
  readonly #rates: readonly { readonly bytesPerMs: number; readonly weight: number }[];
  /** Worth of the last result for this frame; 0 without one. */
  readonly #carried: number;
  readonly #deadlineMs: number;

  constructor(private readonly snapshot: ControlSnapshot, private readonly memory: ContentMemory) {
    this.#uplink = uplinkOf(snapshot);
    this.#rates = ratesOf(this.#uplink);
    this.#deadlineMs = snapshot.settings.deadlineMs - snapshot.frame.ageMs - MARGIN_MS;
    this.#carried = this.#carriedWorth();
  }

  decide(): Decision {
    const { cloud, parameters: { skip } } = this.snapshot;
    const model = mostAccurateModel(cloud.models);
    const here = this.#here();
    if (!model || (!cloud.available && here)) {
      if (!here) throw new Error("neither the edge nor the cloud has a model for this service");
      return this.#fill(here, "the cloud is not available");
    }
    const fill = this.#fillWorth(here);
    if (this.#isUnknown()) return this.#probe(model);
    let best: { readonly sending: Sending; readonly worth: number } | undefined;
    for (const sending of this.#affordable(fill)) {
      const likely = this.#likelyNow(sending);
      const worth = likely * sending.accuracy + (1 - likely) * fill;
      if (!best || worth > best.worth) best = { sending, worth };
    }
    if (best && (best.worth > fill || !here && skip === 0)) {
      const { height, quality } = best.sending;
      const reason = `${best.worth.toFixed(2)} expected there, ${fill.toFixed(2)} here`;
      return { place: "cloud", model: model.name, height, quality, onFailure: "drop", reason };
    }
    return this.#fill(here, `${fill.toFixed(2)} without the cloud`);
  }

  /** Whether nobody has heard of the link of late, and nothing is under way that would tell. */
  #isUnknown(): boolean {
    const weight = this.#uplink.samples.reduce((sum, sample) => sum + sample.weight, 0);
    return weight < KNOWN_WEIGHT && this.snapshot.cloud.underWay.length === 0;
  }

  /** The least that tells how the link is. */
  #probe({ name }: ModelProfile): Decision {
    const { height, quality } = sendings(this.snapshot)[0]!;
    return {
      place: "cloud",
      model: name,
      height,
      quality,
      onFailure: "drop",
      reason: "to see how the link is",
    };
  }

  /** Sizes that are worth more than all smaller ones, sent as often as the link bears. */
  #affordable(fill: number): readonly Sending[] {
    const { stride } = this.snapshot.parameters;
    const all = sendings(this.snapshot);
    let best:
      | { readonly sending: Sending; readonly every: number; readonly worth: number }
      | undefined;
    for (const sending of all) {
      for (let every = 1; every <= (stride ?? parameters.stride.default); every++) {
        const worth = this.#worthOfEvery(sending, every, fill);
        if (!best || worth > best.worth) best = { sending, every, worth };
      }
    }
    const { sending, every } = best!;
    if (this.#framesSinceSent() < every) return [];
    return all.filter(({ bytes }) => bytes <= sending.bytes);
  }

  /** Mean worth of frames of which one of `every` is sent so, for ever. */
  #worthOfEvery({ bytes, accuracy }: Sending, every: number, fill: number): number {
    const { intervalMs } = this.memory;
    const periodMs = every * intervalMs;
    const likely = this.#share((bytesPerMs) =>
      bytes / bytesPerMs <= periodMs &&
      this.#uplink.restMs + bytes / bytesPerMs <= this.#deadlineMs
    );
    let sum = likely * accuracy + (1 - likely) * fill;
    const here = this.#localWorth();
    for (let frame = 1; frame < every; frame++) {
      const carried = likely * accuracy * keptAfter(this.memory, frame * intervalMs);
      sum += Math.max(carried, here);
    }
    return sum / every;
  }

  /** How likely it is that a frame that is sent now is answered in time. */
  #likelyNow({ bytes }: Sending): number {
    return this.#share((bytesPerMs) => {
      const waiting = this.#uplink.backlogBytes(bytesPerMs);
      return this.#uplink.restMs + (waiting + bytes) / bytesPerMs <= this.#deadlineMs;
    });
  }

  /** The share of rates that may be of which something holds. */
  #share(holds: (bytesPerMs: number) => boolean): number {
    let [yes, all] = [0, 0];
    for (const { bytesPerMs, weight } of this.#rates) {
      all += weight;
      if (holds(bytesPerMs)) yes += weight;
    }
    return all === 0 ? 0 : yes / all;
  }

  #framesSinceSent(): number {
    const { cloud: { underWay, recent }, frame } = this.snapshot;
    const sinceMs = Math.min(
      ...underWay.map((offload) => offload.sinceMs),
      ...recent.map(({ agoMs, latencyMs }) => agoMs + latencyMs),
    );
    return (sinceMs + frame.ageMs) / this.memory.intervalMs + 0.5;
  }

  /** The edge's model that is used; `undefined` when it has none. */
  #here(): ModelProfile | undefined {
    return fastestModel(this.snapshot.local.models);
  }

  #localWorth(): number {
    return this.#here() ? this.memory.local : 0;
  }

  /** What the newest result says about this frame. */
  #carriedWorth(): number {
    const { results, frame } = this.snapshot;
    const newest = results.at(-1);
    if (!newest) return 0;
    const { place, ptsMs, height, quality } = newest;
    const worth = place === "local"
      ? this.memory.local
      : sendings(this.snapshot).find((one) => one.height === height && one.quality === quality)
        ?.accuracy ?? 0.8;
    return worth * keptAfter(this.memory, frame.ptsMs - ptsMs);
  }

  #fillWorth(here: ModelProfile | undefined): number {
    const { skip } = this.snapshot.parameters;
    const local = here ? this.#localWorth() : 0;
    return skip === 0 ? local : Math.max(local, this.#carried);
  }

  /** What is done with a frame that is not sent. */
  #fill(here: ModelProfile | undefined, reason: string): Decision {
    const isEnough = this.snapshot.parameters["skip"] !== 0 && this.#carried >= this.#localWorth();
    if (!here || isEnough) {
      return { place: "filter", reason: `${reason}; the last result does` };
    }
    return { place: "local", model: here.name, reason };
  }
}

/** Rates that the link may have now: those that it had, and somewhat less. */
function ratesOf({ samples }: Uplink) {
  if (samples.length === 0) return [{ bytesPerMs: UNKNOWN_RATE, weight: 1 }];
  return samples.flatMap(({ bytesPerMs, weight }) => [
    { bytesPerMs, weight: weight * (1 - WORSE.weight) },
    { bytesPerMs: bytesPerMs * WORSE.factor, weight: weight * WORSE.weight },
  ]);
}
