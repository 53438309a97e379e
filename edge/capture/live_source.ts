/** A live source: the newest picture counts, and when it is lost it is opened again. */

import type { Clock } from "../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { CapturedPicture } from "../../core/frame.ts";
import type { Rng } from "../../core/rng.ts";
import { InputError } from "./media/input_error.ts";
import type { OpenedVideo } from "./video.ts";
import type { FrameSource, SourceState, TellSource } from "./source.ts";

/** A live source while it is open. */
export interface LiveConnection {
  /** Pictures a second, if that is known. */
  readonly fps: number | undefined;
  /** Pictures as they come, until it is lost or `signal` aborts. To be iterated once. */
  pictures(signal: AbortSignal, tell: TellSource): AsyncIterable<CapturedPicture>;
  /** Gives it back. */
  close(): Promise<void>;
}

/** An opened video as a connection. */
export function connectionOf({ input, reader }: OpenedVideo): LiveConnection {
  return {
    fps: reader.fps,
    pictures: (signal, tell) => reader.pictures(signal, tell),
    async close() {
      await input.close();
      reader.close();
    },
  };
}

/** What a live source is made of. */
export interface LiveParts {
  /** What it is, for people; no passwords. */
  readonly description: string;
  /** Opens it. @throws {InputError} when that is not possible now. */
  readonly connect: (signal: AbortSignal) => Promise<LiveConnection>;
  /** Tries in a row to get it back; `Infinity` = for ever. */
  readonly reconnectsMax: number;
  /** Waits go by it, and the times of pictures. */
  readonly clock: Clock;
  /** Waits differ by it, so that many edges do not come back at once. */
  readonly rng: Rng;
  /** One that is open already. */
  readonly first?: LiveConnection;
}

/** Least and most milliseconds before a lost source is tried again. */
const WAIT_MS = { first: 500, most: 30_000 };

/**
 * Waits before the try of a number, from 1: twice as long each time, half of it left to chance ("equal
 * jitter" of M. Brooker, Exponential Backoff And Jitter, 2015).
 */
export function waitBeforeMs(tries: number, rng: Rng): number {
  const ms = Math.min(WAIT_MS.most, WAIT_MS.first * 2 ** Math.min(tries - 1, 30));
  return Math.round(ms / 2 + rng() * ms / 2);
}

/** A camera, or a stream without an end. */
export class LiveSource implements FrameSource {
  readonly live = true;
  readonly frameCount: undefined = undefined;
  readonly description: string;
  #connection: LiveConnection | undefined;
  #wasLive = false;
  #tries = 0;

  /** Connects when its pictures are asked for. */
  constructor(private readonly parts: LiveParts) {
    this.description = parts.description;
    this.#connection = parts.first;
  }

  get fps(): number | undefined {
    return this.#connection?.fps;
  }

  /**
   * Pictures as they come, with times by the clock: those of a camera may jump. Whatever ends the
   * stream but `signal` is a loss.
   *
   * @throws {SmarteyeError} `unavailable` when it is lost for good: after `reconnectsMax` tries, or
   * when it refused us from the start.
   */
  async *pictures(
    signal: AbortSignal,
    tell: TellSource = () => {},
  ): AsyncGenerator<CapturedPicture> {
    const { clock } = this.parts;
    const state = (state: SourceState, detail = "") => tell({ kind: "state", state, detail });
    let originMs: number | undefined;
    try {
      while (!signal.aborted) {
        let lost: unknown;
        try {
          state("connecting");
          for await (const picture of this.#connected(signal, tell)) {
            this.#tries = 0;
            this.#wasLive = true;
            state("live");
            const nowMs = clock.nowMs();
            originMs ??= nowMs;
            yield Object.assign(picture, { ptsMs: nowMs - originMs });
          }
          lost = new InputError("lost", "the stream ended");
        } catch (error) {
          lost = error;
        } finally {
          await this.close();
        }
        if (signal.aborted) return;
        if (lost instanceof InputError && lost.kind === "silent") state("stalled", lost.message);
        await this.#waitAfter(lost, state, signal);
      }
    } finally {
      state("ended");
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  async *#connected(signal: AbortSignal, tell: TellSource): AsyncGenerator<CapturedPicture> {
    this.#connection ??= await this.parts.connect(signal);
    yield* this.#connection.pictures(signal, tell);
  }

  async #waitAfter(
    lost: unknown,
    state: (state: SourceState, detail: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    if (!(lost instanceof InputError)) throw lost;
    const { clock, rng, reconnectsMax, description } = this.parts;
    const isRefused = lost.kind === "refused" && !this.#wasLive;
    if (isRefused || ++this.#tries > reconnectsMax) {
      const isTried = !isRefused && reconnectsMax > 0;
      const found = messageOf(lost) + (isTried ? ` (after ${reconnectsMax} more tries)` : "");
      throw new SmarteyeError(
        "unavailable",
        `Cannot read "${description}": ${found}, a camera that sends video is wanted`,
        { cause: lost },
      );
    }
    const waitMs = waitBeforeMs(this.#tries, rng);
    state("waiting", `${lost.message}; it is tried again in ${(waitMs / 1000).toFixed(1)} s`);
    await clock.sleep(waitMs, signal);
  }
}
