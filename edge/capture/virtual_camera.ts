/** A file as a camera would deliver it: in real time, and from the beginning again when it ends. */

import type { Clock } from "../../core/clock.ts";
import type { CapturedPicture } from "../../core/frame.ts";
import type { FrameSource, TellSource } from "./source.ts";

/** How it is played. */
export interface VirtualCameraOptions {
  /** Each picture comes when it is due, and is missed if nobody takes it. */
  readonly realtime: boolean;
  /** What ends begins again. */
  readonly loop: boolean;
  /** Pictures are due by it. */
  readonly clock: Clock;
}

/** Milliseconds between two pictures where the source does not say. */
const SPACING_MS = 40;

/** Plays a source. */
export class VirtualCamera implements FrameSource {
  readonly description: string;
  readonly live: boolean;
  readonly frameCount: number | undefined;
  readonly fps: number | undefined;
  #source: FrameSource | undefined;

  /**
   * Of a source that is open.
   *
   * @param reopen opens it again, from its beginning.
   */
  constructor(
    source: FrameSource,
    private readonly reopen: () => Promise<FrameSource>,
    private readonly options: VirtualCameraOptions,
  ) {
    this.#source = source;
    this.description = source.description;
    this.live = options.realtime;
    this.frameCount = options.loop ? undefined : source.frameCount;
    this.fps = source.fps;
  }

  /** The source's pictures, again and again if it loops. @throws as the source does. */
  async *pictures(
    signal: AbortSignal,
    tell: TellSource = () => {},
  ): AsyncGenerator<CapturedPicture> {
    if (!this.live) return yield* this.#rounds(signal, tell);
    tell({ kind: "state", state: "live", detail: "" });
    try {
      yield* this.#rounds(signal, tell);
    } finally {
      tell({ kind: "state", state: "ended", detail: "" });
    }
  }

  async close(): Promise<void> {
    const source = this.#source;
    this.#source = undefined;
    await source?.close();
  }

  async *#rounds(signal: AbortSignal, tell: TellSource): AsyncGenerator<CapturedPicture> {
    const { realtime, loop, clock } = this.options;
    const beganAtMs = clock.nowMs();
    const spacingMs = this.fps ? 1000 / this.fps : SPACING_MS;
    let roundMs = 0;
    let lastMs = -spacingMs;
    // What is left out is the same each time: it is told once.
    let hear = tell;
    for (;;) {
      this.#source ??= await this.reopen().catch((error) => {
        if (!signal.aborted) throw error;
        return undefined; // it is not wanted any more
      });
      if (!this.#source) return;
      for await (const picture of this.#source.pictures(signal, hear)) {
        lastMs = roundMs + picture.ptsMs;
        if (realtime) await clock.sleep(beganAtMs + lastMs - clock.nowMs(), signal);
        yield Object.assign(picture, { ptsMs: lastMs });
        if (signal.aborted) return;
      }
      if (!loop || signal.aborted) break;
      await this.close();
      hear = () => {};
      roundMs = lastMs + spacingMs;
    }
  }
}
