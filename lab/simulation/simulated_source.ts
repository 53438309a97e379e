/** A camera in simulated time: the frames of a recording, each when it is due. */

import type { Clock } from "../../core/clock.ts";
import type { CapturedPicture, Pixels, Size } from "../../core/frame.ts";
import type { FrameSource } from "../../edge/capture/source.ts";
import type { Place, Recording } from "./recording.ts";

/** What was encoded: a frame of a recording. The bytes themselves say nothing. */
export interface Sent {
  /** Which frame. */
  readonly place: Place;
  /** Pixels. */
  readonly height: number;
  /** JPEG quality. */
  readonly quality: number;
}

/** What each buffer of bytes is the encoding of. */
const SENT = new WeakMap<Uint8Array, Sent>();

/** Bytes of any length: what they are does not matter to anybody. */
let blank = new Uint8Array(1 << 20);

/** What some bytes are the encoding of. */
export function sentBy(jpeg: Uint8Array): Sent | undefined {
  return SENT.get(jpeg);
}

/** A frame of a recording. It has no pixels, only what was measured of them. */
export class RecordedPicture implements CapturedPicture {
  readonly width: number;
  readonly height: number;
  readonly ptsMs: number;

  /** The frame at a place. */
  constructor(
    private readonly recording: Recording,
    readonly place: Place,
    private readonly camera: SimulatedCamera,
  ) {
    const { width, height } = recording.profile.head;
    this.width = width;
    this.height = height;
    this.ptsMs = place * 1000 / recording.profile.head.fps;
  }

  /** Always rejects: nobody has recorded them. */
  rgb(): Promise<Pixels> {
    return Promise.reject(new Error("a recording has no pixels"));
  }

  async jpeg({ height }: Size, quality: number): Promise<Uint8Array<ArrayBuffer>> {
    const { clock, speed, onEncoded } = this.camera;
    const encoding = { height, quality };
    const { bytes, encodeMs } = this.recording.encoded(this.place, encoding);
    onEncoded?.(encoding);
    await clock.sleep(encodeMs / speed);
    if (blank.length < bytes) blank = new Uint8Array(2 * bytes);
    const jpeg = blank.subarray(0, bytes);
    SENT.set(jpeg, { place: this.place, ...encoding });
    return jpeg;
  }

  grey(): Promise<Uint8Array> {
    return Promise.resolve(this.recording.frame(this.place).grey);
  }

  close(): void {}
}

/** How a recording is played. */
export interface SimulatedCamera {
  /** Frames come by it. */
  readonly clock: Clock;
  /** How many times as fast the edge is as what the profile was measured on. */
  readonly speed: number;
  /** The first frame that is played. */
  readonly from: Place;
  /** Frames that are played. */
  readonly frames: number;
  /** Milliseconds until the first comes. */
  readonly afterMs: number;
  /** Hears of each encoding of a frame. */
  readonly onEncoded?: (encoding: Pick<Sent, "height" | "quality">) => void;
}

/** A recording as a live camera. */
export class SimulatedSource implements FrameSource {
  readonly live = true;
  readonly description: string;
  readonly frameCount: number;
  readonly fps: number;

  /** Nothing comes before somebody reads it. */
  constructor(private readonly recording: Recording, private readonly camera: SimulatedCamera) {
    this.description = recording.profile.head.name;
    this.frameCount = camera.frames;
    this.fps = recording.profile.head.fps;
  }

  async *pictures(signal: AbortSignal): AsyncGenerator<CapturedPicture> {
    const { clock, from, frames, afterMs } = this.camera;
    const startAtMs = clock.nowMs() + afterMs;
    for (let i = 0; i < frames; i++) {
      await clock.sleep(startAtMs + i * 1000 / this.fps - clock.nowMs(), signal);
      if (signal.aborted) return;
      yield new RecordedPicture(this.recording, from + i, this.camera);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
