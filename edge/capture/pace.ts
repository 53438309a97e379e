/** When frames are read: one each interval from a file, the newest from a live source. */

import type { Clock } from "../../core/clock.ts";
import type { CapturedPicture, Frame } from "../../core/frame.ts";
import type { FrameSource } from "./source.ts";

/** How frames are read from a source. */
export interface PaceOptions {
  /** Least time between two frames read, in milliseconds; 0 = as fast as it goes. */
  readonly intervalMs: number;
  /** Stop after this many captured frames; 0 = all. */
  readonly framesMax: number;
  /** Gives each frame its times, and the interval. */
  readonly clock: Clock;
  /** Aborts when no more frames are wanted. */
  readonly signal: AbortSignal;
  /** Awaited before each picture but the first is asked for. */
  readonly room?: () => Promise<void>;
  /** Hears of every frame as it is captured, before it is handed on. */
  readonly onCaptured: (frame: Frame) => void;
  /** Takes over a frame of a live source that a newer one replaced before it was read. */
  readonly onPassedOver: (frame: Frame) => void;
}

/**
 * The frames that are to be analysed, numbered in order of capture.
 *
 * @throws {SmarteyeError} when the source breaks off; the frames before it have been handed on.
 */
export async function* readFrames(
  source: FrameSource,
  options: PaceOptions,
): AsyncGenerator<Frame> {
  const { clock, intervalMs, signal } = options;
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const captured = numbered(source.pictures(either), options);
  const frames = source.live ? newest(captured, options.onPassedOver, stop) : captured;
  try {
    for await (const frame of frames) {
      const readAtMs = clock.nowMs();
      yield frame;
      // Before the next is asked for: of a live source it is then the newest.
      if (intervalMs > 0) await clock.sleep(readAtMs + intervalMs - clock.nowMs(), signal);
    }
  } finally {
    stop.abort();
  }
}

async function* numbered(
  pictures: AsyncIterable<CapturedPicture>,
  { clock, framesMax, room, onCaptured }: PaceOptions,
): AsyncGenerator<Frame> {
  let index = 0;
  for await (const picture of pictures) {
    index++;
    const frame = { index, capturedAtMs: clock.epochMs(), startAtMs: clock.nowMs(), picture };
    onCaptured(frame);
    yield frame;
    if (index === framesMax) return;
    await room?.();
  }
}

/** Reads ahead without end and hands on the newest frame: a slow consumer never makes it stale. */
async function* newest(
  frames: AsyncGenerator<Frame>,
  onPassedOver: (frame: Frame) => void,
  stop: AbortController,
): AsyncGenerator<Frame> {
  let latest: Frame | undefined;
  let ended = false;
  let wake = () => {};
  const reading = (async () => {
    try {
      for await (const frame of frames) {
        if (latest) onPassedOver(latest);
        latest = frame;
        wake();
      }
    } finally {
      ended = true;
      wake();
    }
  })();
  reading.catch(() => {}); // thrown again below, where it is awaited
  try {
    while (true) {
      if (latest) {
        const frame: Frame = latest;
        latest = undefined;
        yield frame;
      } else if (ended) {
        return await reading;
      } else {
        await new Promise<void>((resolve) => wake = resolve);
      }
    }
  } finally {
    stop.abort();
    await reading.catch(() => {}); // thrown above already, unless nobody wants to know any more
    if (latest) onPassedOver(latest);
  }
}
