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
  miss_cost: {
    about: "accuracy that a deadline is worth by itself: the more, the less is risked",
    unit: "",
    default: 0.5,
    min: 0,
    max: 10,
  },
} as const satisfies Parameters;

/** What may be done with a frame: sent so, or filled. */
interface Choice {
  readonly worth: number;
  readonly sending?: Sending;
  readonly isHedged?: boolean;
}

/** Milliseconds before the deadline at which a result is to be there. */
const MARGIN_MS = 4;

/** A rate may be less than any that was measured of late: this much, as likely as this. */
const WORSE = { factor: 0.6, weight: 0.2 } as const;

/** Bytes a millisecond that are reckoned with before anything is known. */
const UNKNOWN_RATE = 125;

/** Milliseconds before the deadline at which an answer is not waited for any more. */
const GIVE_UP_MS = 2;

/** How many times as long as usual an inference may take. */
const SLOW = 1.8;

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
    if (this.#isUnknown()) return this.#probe(model);
    const fill = this.#fillWorth(here);
    const next = this.#carriedNext(fill);
    let best: Choice = { worth: fill + next };
    for (const sending of this.#affordable(fill)) {
      const likely = this.#likelyNow(sending);
      const answered = sending.accuracy * (1 + keptAfter(this.memory, this.memory.intervalMs));
      for (const isHedged of here ? [true, false] : [false]) {
        const worth = likely * answered + (1 - likely) * this.#unanswered(isHedged, next);
        if (worth > best.worth) best = { worth, sending, isHedged };
      }
    }
    const { sending, isHedged = false, worth } = best;
    if (!sending) return this.#fill(here, `${fill.toFixed(2)} without the cloud`);
    const reason = `${(worth / 2).toFixed(2)} expected there, ${
      ((fill + next) / 2).toFixed(2)
    } here`;
    return this.#send(model, sending, isHedged, reason);
  }

  /** Worth of a frame that is sent and not answered in time, and of the next one. */
  #unanswered(isHedged: boolean, next: number): number {
    const local = this.#localWorth();
    if (isHedged) return local + local * keptAfter(this.memory, this.memory.intervalMs);
    const { miss_cost = parameters.miss_cost.default } = this.snapshot.parameters;
    return this.#carried - miss_cost + next;
  }

  /** Worth of what is known for the next frame, when this one is filled. */
  #carriedNext(fill: number): number {
    const { frame, results } = this.snapshot;
    const newest = results.at(-1);
    if (!newest || fill > this.#carried) {
      return this.#localWorth() * keptAfter(this.memory, this.memory.intervalMs);
    }
    const ageMs = frame.ptsMs - newest.ptsMs;
    const [now, then] = [ageMs, ageMs + this.memory.intervalMs].map((ms) =>
      keptAfter(this.memory, ms)
    );
    return this.#carried * then! / Math.max(1e-3, now!);
  }

  /** Whether nobody has heard of the link of late, and nothing is under way that would tell. */
  #isUnknown(): boolean {
    const weight = this.#uplink.samples.reduce((sum, sample) => sum + sample.weight, 0);
    return weight < KNOWN_WEIGHT && this.snapshot.cloud.underWay.length === 0;
  }

  /** The least that tells how the link is. */
  #probe({ name }: ModelProfile): Decision {
    const isHedged = this.#localWorth() >= this.#carried;
    return this.#send({ name }, sendings(this.snapshot)[0]!, isHedged, "to see how the link is");
  }

  /** Sends it. Where the edge can do it in time by itself, it does when the answer takes too long. */
  #send(
    { name }: Pick<ModelProfile, "name">,
    { height, quality }: Pick<Sending, "height" | "quality">,
    isHedged: boolean,
    reason: string,
  ): Decision {
    const { deadlineMs } = this.snapshot.settings;
    const waitMs = Math.max(1, deadlineMs - GIVE_UP_MS);
    const sent = {
      place: "cloud",
      model: name,
      height,
      quality,
      waitMs,
      onFailure: "drop",
      reason,
    } as const;
    const hereMs = this.#hereMs();
    return isHedged && hereMs !== undefined && hereMs < waitMs
      ? { ...sent, hedgeMs: waitMs - hereMs }
      : sent;
  }

  /** Milliseconds in which the edge infers a frame, those before it too; `undefined` where it does not. */
  #hereMs(): number | undefined {
    const latencyMs = this.#here()?.latencyMs;
    const { pending, workers } = this.snapshot.local;
    return latencyMs === undefined ? undefined : SLOW * latencyMs * (1 + pending / workers);
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
