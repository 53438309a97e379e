/** A live source watched in this process, by the machine's clock: what comes, and when. */

import { systemClock } from "../../core/clock.ts";
import { seededRng } from "../../core/rng.ts";
import { CAPTURE_DEFAULTS, openSource } from "../../edge/capture/open_source.ts";
import { readFrames } from "../../edge/capture/pace.ts";
import type { SourceState } from "../../edge/capture/source.ts";
import type { CaptureOptions } from "../../edge/options.ts";
import { numberIn } from "./counted.ts";

/** Milliseconds that something may take to happen, on a busy machine. */
const PATIENCE_MS = 30_000;

/** A picture that was taken up. */
export interface TakenUp {
  /** The number that it shows. */
  readonly number: number;
  /** When, on the monotonic clock. */
  readonly atMs: number;
}

/** A state that the source came to. */
export interface CameTo {
  readonly state: SourceState;
  readonly detail: string;
  /** When, on the monotonic clock. */
  readonly atMs: number;
}

/** Reads a source as a run does, with a consumer that takes its time. */
export class Watch implements AsyncDisposable {
  readonly taken: TakenUp[] = [];
  readonly states: CameTo[] = [];
  /** What is left out, counted by its name. */
  readonly leftOut: Map<string, number> = new Map();
  /** Pictures that newer ones replaced. */
  passedOver = 0;
  /** Whether the source says that it is live; not known before it is opened. */
  isLive: boolean | undefined;
  /** What ended it; absent while it is read, and when it came to its end. */
  error: unknown;
  readonly #stop = new AbortController();
  readonly #reading: Promise<void>;

  /**
   * Begins to read.
   *
   * @param takesMs what the consumer takes for each picture.
   */
  constructor(
    private readonly source: string,
    private readonly takesMs: number,
    private readonly said: Partial<CaptureOptions> = {},
    private readonly onTaken: (taken: TakenUp) => void = () => {},
  ) {
    this.#reading = this.#read().catch((error) => void (this.error = error));
  }

  /** Waits until something is so. */
  async until(what: string, isSo: () => boolean, patienceMs: number = PATIENCE_MS): Promise<void> {
    for (const deadline = performance.now() + patienceMs; performance.now() < deadline;) {
      if (isSo()) return;
      if (this.error) throw new Error(`it broke off before ${what}`, { cause: this.error });
      await systemClock.sleep(20);
    }
    const states = this.states.map(({ state, detail }) => `${state} (${detail})`).join(", ");
    throw new Error(`there was never ${what}: ${this.taken.length} pictures; it was ${states}`);
  }

  /** Waits for one of those states, come to at or after a time; tells when. */
  async comesTo(states: readonly SourceState[], sinceMs: number): Promise<number> {
    const found = () =>
      this.states.find((one) => states.includes(one.state) && one.atMs >= sinceMs);
    await this.until(states.join(" or "), () => found() !== undefined);
    return found()!.atMs;
  }

  /** Waits for a picture that was taken up at or after a time; tells when. */
  async takes(sinceMs: number): Promise<number> {
    const found = () => this.taken.find(({ atMs }) => atMs >= sinceMs);
    await this.until("a picture", () => found() !== undefined);
    return found()!.atMs;
  }

  /** Waits until the source has ended of itself. */
  async ended(): Promise<void> {
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#reading;
  }

  async #read(): Promise<void> {
    const options = { ...CAPTURE_DEFAULTS, source: this.source, ...this.said };
    const source = await openSource(options, {
      ...{ clock: systemClock, rng: seededRng(1), drain: this.#stop.signal },
    });
    this.isLive = source.live;
    try {
      const frames = readFrames(source, {
        ...{ intervalMs: 0, framesMax: 0, clock: systemClock, signal: this.#stop.signal },
        onCaptured: () => {},
        onPassedOver: () => this.passedOver++,
        tell: (event) => {
          if (event.kind === "state") {
            this.states.push({ ...event, atMs: performance.now() });
            return;
          }
          const { what, count } = event;
          this.leftOut.set(what, (this.leftOut.get(what) ?? 0) + count);
        },
      });
      for await (const { picture } of frames) {
        const taken = { number: numberIn(await picture.rgb()), atMs: performance.now() };
        picture.close();
        this.taken.push(taken);
        this.onTaken(taken);
        await systemClock.sleep(this.takesMs, this.#stop.signal);
      }
    } finally {
      await source.close();
    }
  }
}
