/** What became of a source itself while it was read: its state, and what it left out. */

import type { Clock } from "../core/clock.ts";
import { logger, type Thinned } from "../core/log.ts";
import { redact } from "../core/redact.ts";
import type { SourceEvent, SourceState } from "./capture/source.ts";
import type { SourceEventRecord } from "./record.ts";

const log = logger("edge");

/** Kinds of things left out that are told apart; those beyond are counted as one. */
const KINDS_MAX = 50;

/** What those beyond are counted as. */
const OTHERS = "others";

/** What a run's summary says of its source. */
export interface SourceTotals {
  /** Frames of a live source that were not captured: newer ones were there, or they came too soon. */
  readonly passed_over: number;
  /** What the source had and did not deliver, counted by what it is, such as `damaged packets`. */
  readonly left_out: Readonly<Record<string, number>>;
  /** Times that a live source was stalled or lost, and how long, together. */
  readonly interruptions: { readonly count: number; readonly seconds: number };
}

/** Of a source that was never open. */
export const NOTHING_HAPPENED: SourceTotals = {
  passed_over: 0,
  left_out: {},
  interruptions: { count: 0, seconds: 0 },
};

/** Whom an account speaks to. */
export interface SourceAccountParts {
  /** What the run names its source; no passwords. */
  readonly name: string;
  /** Whether it tells what it is doing. */
  readonly live: boolean;
  /** Interruptions are measured by it. */
  readonly clock: Clock;
  /** Where it is said what is left out. */
  readonly warnings: Thinned;
  /** Frames captured so far. */
  readonly captured: () => number;
  /** Takes what the source is doing to where results go. */
  readonly note: (event: SourceEventRecord) => void;
}

/** Keeps account of one source. */
export class SourceAccount {
  #state: SourceState | undefined;
  #passedOver = 0;
  readonly #leftOut = new Map<string, number>();
  #interruptions = 0;
  #awayMs = 0;
  /** Since when no pictures come, of a source from which some came. */
  #awaySinceMs: number | undefined;

  /** Of a source that is being opened. */
  constructor(private readonly parts: SourceAccountParts) {
    if (!parts.live) this.#state = "live"; // what is read in its turn has no other
  }

  /** What the source is doing. */
  get state(): SourceState {
    return this.#state ?? "connecting";
  }

  /** Counts a frame of a live source that was not captured. */
  passOver(): void {
    this.#passedOver++;
  }

  /** Takes what the source tells: it is counted, said, and noted where results go. */
  hear(event: SourceEvent): void {
    if (event.kind === "left_out") return this.#leaveOut(event);
    const { state, detail } = event;
    const before = this.#state;
    if (state === before) return;
    this.#state = state;
    if (state === "live" || state === "ended") this.#back();
    else if (before === "live") this.#away();
    const { name, note } = this.parts;
    const say = state === "stalled" || state === "waiting" ? log.warn : log.info;
    say.call(log, "{name} is {state}{why}", { name, state, why: detail && `: ${detail}` });
    note(this.#record(detail));
  }

  /** Tells that something of the run was changed before the next frame: it is noted where results go. */
  noteChange(what: string, to: string, frame: number): void {
    this.parts.note({ ...this.#record(""), frame, changed: { [what]: redact(to) } });
  }

  /** The source is read no more. One that was stopped, or broke off, need not have said so. */
  end(): void {
    if (this.parts.live) this.hear({ kind: "state", state: "ended", detail: "" });
    else this.#state = "ended";
  }

  /** The numbers so far. */
  totals(): SourceTotals {
    const since = this.#awaySinceMs;
    const awayMs = this.#awayMs + (since === undefined ? 0 : this.parts.clock.nowMs() - since);
    return {
      passed_over: this.#passedOver,
      left_out: Object.fromEntries(this.#leftOut),
      interruptions: {
        count: this.#interruptions,
        seconds: Number((awayMs / 1000).toFixed(3)),
      },
    };
  }

  #leaveOut({ what, count, detail }: Extract<SourceEvent, { kind: "left_out" }>): void {
    const isKnown = this.#leftOut.has(what) || this.#leftOut.size < KINDS_MAX;
    const kind = isKnown ? what : OTHERS;
    this.#leftOut.set(kind, (this.#leftOut.get(kind) ?? 0) + count);
    this.parts.warnings.tell(`${this.parts.name}: ${what} are left out`, detail);
  }

  #record(detail: string): SourceEventRecord {
    return {
      event: "source",
      source: this.parts.name,
      state: this.state,
      at: new Date(this.parts.clock.epochMs()).toISOString(),
      frame: this.parts.captured(),
      ...(detail === "" ? {} : { detail: redact(detail) }),
    };
  }

  #away(): void {
    this.#interruptions++;
    this.#awaySinceMs = this.parts.clock.nowMs();
  }

  #back(): void {
    if (this.#awaySinceMs === undefined) return;
    this.#awayMs += this.parts.clock.nowMs() - this.#awaySinceMs;
    this.#awaySinceMs = undefined;
  }
}
