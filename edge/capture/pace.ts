/** When frames are read: one each interval from a file, the newest from a live source. */

import type { Clock } from "../../core/clock.ts";
import type { CapturedPicture, Frame } from "../../core/frame.ts";
import type { FrameSource, TellSource } from "./source.ts";

/** How frames are read from a source. */
export interface PaceOptions {
  /** Least time between two frames read, in milliseconds; 0 = as fast as it goes. */
  readonly intervalMs: number;
  /** Stop after this many captured frames, without those that are `dropped`; 0 = all. */
  readonly framesMax: number;
  /** Frames so far that nobody will look at; none, if not said. */
  readonly dropped?: () => number;
  /** Gives each frame its times, and the interval. */
  readonly clock: Clock;
  /** Aborts when no more frames are wanted. */
  readonly signal: AbortSignal;
  /** Awaited before each picture but the first is asked for. */
  readonly room?: () => Promise<void>;
  /** Hears of every frame as it is captured, before it is handed on. */
  readonly onCaptured: (frame: Frame) => void;
  /** Hears of every picture of a live source that a newer one replaced: it is no captured frame. */
  readonly onPassedOver: () => void;
  /** Hears what the source tells. */
  readonly tell?: TellSource;
}

/** A picture, and when it came. */
type Arrived = Pick<Frame, "picture" | "capturedAtMs" | "startAtMs">;

/**
 * The frames that are to be analysed, numbered in order of capture.
 *
 * @throws {SmarteyeError} when the source breaks off; the frames before it have been handed on.
 */
export async function* readFrames(
  source: FrameSource,
  options: PaceOptions,
): AsyncGenerator<Frame> {
  const { clock, intervalMs, framesMax, signal, room, onCaptured, onPassedOver } = options;
  const dropped = options.dropped ?? (() => 0);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const arriving = arrivals(source.pictures(either, options.tell), clock);
  const taken = source.live ? newest(arriving, onPassedOver, stop) : arriving;
  let index = 0;
  try {
    for await (const arrived of taken) {
      const frame = { index: ++index, ...arrived };
      const readAtMs = clock.nowMs();
      onCaptured(frame);
      yield frame;
      if (framesMax > 0 && index - dropped() >= framesMax) return;
      await room?.();
      // Before the next is asked for: of a live source it is then the newest.
      if (intervalMs > 0) await clock.sleep(readAtMs + intervalMs - clock.nowMs(), signal);
    }
  } finally {
    stop.abort();
  }
}

async function* arrivals(
  pictures: AsyncIterable<CapturedPicture>,
  clock: Clock,
): AsyncGenerator<Arrived> {
  for await (const picture of pictures) {
    yield { picture, capturedAtMs: clock.epochMs(), startAtMs: clock.nowMs() };
  }
}

/** Reads ahead without end and hands on the newest picture: a slow consumer never makes it stale. */
async function* newest(
  arriving: AsyncGenerator<Arrived>,
  onPassedOver: () => void,
  stop: AbortController,
): AsyncGenerator<Arrived> {
  let latest: Arrived | undefined;
  let ended = false;
  let wake = () => {};
  const passOver = ({ picture }: Arrived) => {
    picture.close();
    onPassedOver();
  };
  const reading = (async () => {
    try {
      for await (const arrived of arriving) {
        if (latest) passOver(latest);
        latest = arrived;
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
        const arrived: Arrived = latest;
        latest = undefined;
        yield arrived;
      } else if (ended) {
        return await reading;
      } else {
        await new Promise<void>((resolve) => wake = resolve);
      }
    }
  } finally {
    stop.abort();
    await reading.catch(() => {}); // thrown above already, unless nobody wants to know any more
    if (latest) passOver(latest);
  }
}
