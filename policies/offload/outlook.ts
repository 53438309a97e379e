/**
 * What may be done with a frame, and what each of that is worth: from what the link did, and from what
 * results say of the scene. Worth is expected accuracy, 0 to 1.
 */

import type { ModelProfile } from "../../core/model.ts";
import { type ContentMemory, keptAfter } from "./content.ts";
import { type Sending, sendings } from "./expected_accuracy.ts";
import type { ControlSnapshot, Decision } from "./policy.ts";
import { fastestModel, mostAccurateModel } from "./rank.ts";
import { type RateSample, type Uplink, uplinkOf } from "./uplink.ts";

/** Milliseconds before the deadline at which a result is to be there. */
const MARGIN_MS = 4;

/** Milliseconds before the deadline at which an answer is not waited for any more. */
const GIVE_UP_MS = 2;

/** How many times as long as usual an inference here may take. */
const SLOW = 1.8;

/** A rate may be less than any that was measured of late: this much, as likely as this. */
const WORSE = { factor: 0.6, weight: 0.1 } as const;

/** Bytes a millisecond that are reckoned with before anything is known. */
const UNKNOWN_RATE = 125;

/** Weight of hope for those that send rarely: what was measured is forgotten for it after some two seconds. */
export const HOPE = 0.02;

/** What all samples weigh together below which nothing is known of now. */
const KNOWN_WEIGHT = 0.2;

/** A frame is sent so, hedged or not. */
export interface Choice {
  /** How. */
  readonly sending: Sending;
  /** Whether it is inferred here as well when its answer takes long. */
  readonly isHedged: boolean;
  /** Of this frame and the next one, together. */
  readonly worth: number;
}

/** The choice that is worth most; `undefined` where there is none. */
export function bestOf(choices: readonly Choice[]): Choice | undefined {
  let best: Choice | undefined;
  for (const choice of choices) if (!best || choice.worth > best.worth) best = choice;
  return best;
}

/** How a policy looks at what it knows. */
export interface View {
  /** Whether a frame may do with the last result where that is worth more than the edge's. */
  readonly mayFilter: boolean;
  /**
   * Weight of the rate that is reckoned with before anything is known, beside those that were measured,
   * which weigh 1 when they are new: who sends rarely hears of a link that was slow no more. 0, where
   * absent.
   */
  readonly hope?: number;
}

/** What is known at one decision. */
export class Outlook {
  /** What the link may do. */
  readonly uplink: Uplink;
  /** Every way to send the frame, the least bytes first. */
  readonly sendings: readonly Sending[];
  /** The edge's model; `undefined` when it has none. */
  readonly here: ModelProfile | undefined;
  /** Worth of a result of the edge's own; 0 when it has no model. */
  readonly local: number;
  /** Worth of the last result for this frame. */
  readonly carried: number;
  readonly #rates: readonly RateSample[];
  /** Worth of the last result for the next frame. */
  readonly #carriedNext: number;

  /** Looks at a frame. */
  constructor(
    private readonly snapshot: ControlSnapshot,
    private readonly memory: ContentMemory,
    private readonly view: View,
  ) {
    this.uplink = uplinkOf(snapshot);
    this.#rates = ratesOf(this.uplink, view.hope ?? 0);
    this.sendings = sendings(snapshot);
    this.here = fastestModel(snapshot.local.models);
    this.local = this.here ? memory.local : 0;
    this.carried = this.#carriedAfter(0);
    this.#carriedNext = this.#carriedAfter(memory.intervalMs);
  }

  /**
   * The cloud's model that frames are sent to; `undefined` where none is to be sent.
   *
   * @throws {Error} when neither place has a model.
   */
  get sendsTo(): ModelProfile | undefined {
    const { cloud } = this.snapshot;
    const model = mostAccurateModel(cloud.models);
    if (!model && !this.here) {
      throw new Error("neither the edge nor the cloud has a model for this service");
    }
    return cloud.available || !this.here ? model : undefined;
  }

  /** What may come of sending a frame in any of these ways. @param missCost of one without a result in time. */
  choices(ways: readonly Sending[], missCost: number): readonly Choice[] {
    const kept = keptAfter(this.memory, this.memory.intervalMs);
    const unanswered = [
      { isHedged: false, worth: this.carried - missCost + this.#carriedNext },
      ...this.here ? [{ isHedged: true, worth: this.inferredHere }] : [],
    ];
    return ways.flatMap((sending) => {
      const likely = this.likely(sending);
      return unanswered.map(({ isHedged, worth }) => {
        const expected = likely * sending.accuracy * (1 + kept) + (1 - likely) * worth;
        return { sending, isHedged, worth: expected };
      });
    });
  }

  /** How likely it is that a frame that is sent now is answered in time. @param laterMs when it is sent then. */
  likely({ bytes }: Sending, laterMs = 0): number {
    return this.share((bytesPerMs) => {
      const waiting = this.uplink.backlogBytes(bytesPerMs);
      return laterMs + this.uplink.restMs + (waiting + bytes) / bytesPerMs <= this.leftMs;
    });
  }

  /** The share of rates that may be of which something holds. */
  share(holds: (bytesPerMs: number) => boolean): number {
    let [yes, all] = [0, 0];
    for (const { bytesPerMs, weight } of this.#rates) {
      all += weight;
      if (holds(bytesPerMs)) yes += weight;
    }
    return all === 0 ? 0 : yes / all;
  }

  /** Milliseconds that there are for this frame. */
  get leftMs(): number {
    const { settings: { deadlineMs }, frame: { ageMs } } = this.snapshot;
    return deadlineMs - ageMs - MARGIN_MS;
  }

  /** Whether nobody has heard of the link of late, and nothing is under way that would tell. */
  get isUnknown(): boolean {
    const weight = this.uplink.samples.reduce((sum, sample) => sum + sample.weight, 0);
    return weight < KNOWN_WEIGHT && this.snapshot.cloud.underWay.length === 0;
  }

  /** Frames since one was sent, about; infinite where none was of late. */
  get framesSinceSent(): number {
    const { cloud: { underWay, recent }, frame } = this.snapshot;
    const sinceMs = Math.min(
      ...underWay.map((offload) => offload.sinceMs),
      ...recent.map(({ agoMs, latencyMs }) => agoMs + latencyMs),
    );
    return (sinceMs + frame.ageMs) / this.memory.intervalMs + 0.5;
  }

  /** Worth of this frame and of the next one together, when this one is inferred here. */
  get inferredHere(): number {
    return this.local * (1 + keptAfter(this.memory, this.memory.intervalMs));
  }

  /** Worth of this frame and of the next one together, when both do with the last result. */
  get lastKept(): number {
    return this.carried + this.#carriedNext;
  }

  /** Worth of this frame and of the next one, when this one is not sent. */
  get filled(): readonly [now: number, next: number] {
    if (this.#isSkipped) return [this.carried, this.#carriedNext];
    return [this.local, this.local * keptAfter(this.memory, this.memory.intervalMs)];
  }

  /** What is done with a frame that is not sent. */
  fill(reason: string): Decision {
    if (this.#isSkipped) return { place: "filter", reason: `${reason}; the last result does` };
    return { place: "local", model: this.here!.name, reason };
  }

  /** Sends it; hedged, the edge infers it as well when the answer takes long. */
  send(
    { name }: ModelProfile,
    { height, quality }: Pick<Sending, "height" | "quality">,
    isHedged: boolean,
    reason: string,
  ): Extract<Decision, { place: "cloud" }> {
    const waitMs = this.waitMs;
    const sent = { place: "cloud", model: name, height, quality, waitMs, reason } as const;
    const hereMs = this.hereMs;
    const hedgeMs = hereMs === undefined ? 0 : waitMs - hereMs;
    return { ...sent, ...(isHedged && hedgeMs > 0 ? { hedgeMs } : {}), onFailure: "drop" };
  }

  /** Milliseconds after its capture up to which an answer is waited for. */
  get waitMs(): number {
    return Math.max(1, this.snapshot.settings.deadlineMs - GIVE_UP_MS);
  }

  /** Milliseconds in which the edge infers a frame, and those before it; `undefined` where it is not known. */
  get hereMs(): number | undefined {
    const latencyMs = this.here?.latencyMs;
    const { pending, workers } = this.snapshot.local;
    return latencyMs === undefined ? undefined : SLOW * latencyMs * (1 + pending / workers);
  }

  /** Whether a frame that is not sent does with the last result. */
  get #isSkipped(): boolean {
    return !this.here || (this.view.mayFilter && this.carried >= this.local);
  }

  /** What the newest result says about a frame that comes so much later than this one. */
  #carriedAfter(ms: number): number {
    const { results, frame } = this.snapshot;
    const newest = results.at(-1);
    if (!newest) return 0;
    const { place, ptsMs, height, quality } = newest;
    const sent = this.sendings.find((one) => one.height === height && one.quality === quality);
    const worth = place === "local" ? this.memory.local : sent?.accuracy ?? 0.8;
    return worth * keptAfter(this.memory, frame.ptsMs - ptsMs + ms);
  }
}

/** Rates that the link may have now: those that it had, and somewhat less. */
function ratesOf({ samples }: Uplink, hope: number): readonly RateSample[] {
  if (samples.length === 0) return [{ bytesPerMs: UNKNOWN_RATE, weight: 1 }];
  const measured = samples.flatMap(({ bytesPerMs, weight }) => [
    { bytesPerMs, weight: weight * (1 - WORSE.weight) },
    { bytesPerMs: bytesPerMs * WORSE.factor, weight: weight * WORSE.weight },
  ]);
  return hope === 0 ? measured : [...measured, { bytesPerMs: UNKNOWN_RATE, weight: hope }];
}
