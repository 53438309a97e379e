/** Anything that FFmpeg reads as a source. With its siblings, the only importer of node-av. */

import { Log } from "node-av";
import { Decoder, Demuxer, Scaler } from "node-av/api";
import { AV_LOG_QUIET } from "node-av/constants";
import type { Frame as AvFrame, Stream } from "node-av";
import { ownBytes } from "../../core/bytes.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { CapturedPicture, Pixels, Size } from "../../core/frame.ts";
import { PixelPicture } from "../../core/image.ts";
import { redact } from "../../core/redact.ts";
import type { FrameSource } from "./source.ts";

Log.setLevel(AV_LOG_QUIET); // what fails is thrown, and said once, in our words

/** How FFmpeg is to read something. */
export interface VideoOptions {
  /** Whether pictures come in their own time. */
  readonly live: boolean;
  /** FFmpeg's name of the format, where it cannot be recognised. */
  readonly format?: string;
  /** Options of FFmpeg's protocol or format. */
  readonly options?: Readonly<Record<string, string>>;
  /** What it is, for people. */
  readonly description?: string;
}

/** Microseconds without a byte after which a network source counts as lost. */
export const NETWORK_TIMEOUT_US = "5000000";

/** Share of the frames that a container announces from which on a video counts as whole. */
const WHOLE = 0.9;

/** Makes the error of something that cannot be read. */
type Refuse = (found: string, wanted: string, cause?: unknown) => SmarteyeError;

/**
 * Opens a video file or URL.
 *
 * @throws {SmarteyeError} `failed_precondition` when it is no video, `unavailable` when a URL does not answer.
 */
export async function openVideo(
  name: string,
  how: VideoOptions = { live: false },
): Promise<FrameSource> {
  const description = how.description ?? redact(name);
  const remote = name.includes("://");
  const options = { ...(remote ? { rw_timeout: NETWORK_TIMEOUT_US } : {}), ...how.options };
  const refuse: Refuse = (found, wanted, cause) =>
    new SmarteyeError(
      remote ? "unavailable" : "failed_precondition",
      `Cannot read "${description}": ${found}, ${wanted}`,
      { cause },
    );

  const demuxer = await Demuxer.open(name, {
    options,
    ...(how.format === undefined ? {} : { format: how.format }),
  }).catch((cause) => {
    const found = messageOf(cause).replace(/^Failed to open input: /, "");
    const wanted = remote
      ? "an address that sends video"
      : "a whole file in a format that FFmpeg reads";
    throw refuse(found, `${wanted} is wanted`, cause);
  });
  const stream = demuxer.video();
  if (stream) return new VideoSource(description, how.live, demuxer, stream, refuse);
  await demuxer.close();
  throw refuse("it has no pictures", "a file with a video stream is wanted");
}

/** The video stream of an opened file or address. */
class VideoSource implements FrameSource {
  readonly frameCount: number | undefined;
  readonly fps: number | undefined;
  readonly #scalers = new ScalerPool();

  constructor(
    readonly description: string,
    readonly live: boolean,
    private readonly demuxer: Demuxer,
    private readonly stream: Stream,
    private readonly refuse: Refuse,
  ) {
    const { num, den } = stream.avgFrameRate;
    this.fps = den > 0 ? num / den : undefined;
    this.frameCount = Number(stream.nbFrames) || undefined;
  }

  async *pictures(signal: AbortSignal): AsyncGenerator<CapturedPicture> {
    if (signal.aborted) return; // a silent camera would be waited for: nothing interrupts it again
    const { demuxer, stream, live, frameCount } = this;
    using decoder = await Decoder.create(stream, { exitOnError: !live });
    const interrupt = () => demuxer.interrupt();
    signal.addEventListener("abort", interrupt, { once: true });
    let taken = 0;
    let originMs: number | undefined;
    try {
      for await (const frame of decoder.frames(demuxer.packets(stream.index))) {
        if (!frame) break;
        if (signal.aborted) return frame.free();
        const { num, den } = frame.timeBase;
        const timeMs = Number(frame.bestEffortTimestamp) * 1000 * num / den;
        originMs ??= timeMs;
        taken++;
        yield new VideoPicture(frame, timeMs - originMs, this.#scalers);
      }
    } catch (cause) {
      if (signal.aborted) return;
      throw this.#brokeOff(taken, messageOf(cause).replace(/^Failed to [^:]*: /, ""), cause);
    } finally {
      signal.removeEventListener("abort", interrupt);
    }
    if (!live && taken === 0) throw this.#brokeOff(taken, "it has no frames");
    if (frameCount !== undefined && taken < frameCount * WHOLE && !signal.aborted) {
      throw this.#brokeOff(taken, "the file ends");
    }
  }

  async close(): Promise<void> {
    await this.demuxer.close();
    this.#scalers.close();
  }

  #brokeOff(taken: number, found: string, cause?: unknown): SmarteyeError {
    const of = this.frameCount === undefined ? "" : ` of ${this.frameCount}`;
    return this.refuse(`after frame ${taken}${of}: ${found}`, "a whole video is wanted", cause);
  }
}

/** A decoded frame, in the decoder's own memory until it is closed. */
class VideoPicture implements CapturedPicture {
  readonly width: number;
  readonly height: number;

  constructor(
    private readonly frame: AvFrame,
    readonly ptsMs: number,
    private readonly scalers: ScalerPool,
  ) {
    this.width = frame.width;
    this.height = frame.height;
  }

  rgb(): Promise<Pixels> {
    return this.#scaled(this);
  }

  // By way of RGB: node-av's own JPEGs hold limited-range luma that says it is full-range, and look
  // washed out (black is 16, white is 235).
  async jpeg(size: Size, quality: number): Promise<Uint8Array<ArrayBuffer>> {
    return await new PixelPicture(await this.#scaled(size)).jpeg(size, quality);
  }

  async grey({ width, height }: Size): Promise<Uint8Array> {
    return await this.scalers.use((scaler) =>
      scaler.toBuffer(this.frame, { resize: { width, height }, format: "gray" })
    );
  }

  close(): void {
    this.frame.free();
  }

  async #scaled({ width, height }: Size): Promise<Pixels> {
    const data = await this.scalers.use((scaler) =>
      scaler.toBuffer(this.frame, { resize: { width, height }, format: "rgb" })
    );
    return { width, height, data: ownBytes(data) };
  }
}

/** Scalers for as many conversions as run at once: one scaler does one at a time. */
class ScalerPool {
  readonly #idle: Scaler[] = [];
  #closed = false;

  async use<T>(convert: (scaler: Scaler) => Promise<T>): Promise<T> {
    const scaler = this.#idle.pop() ?? new Scaler();
    try {
      return await convert(scaler);
    } finally {
      if (this.#closed) scaler.close();
      else this.#idle.push(scaler);
    }
  }

  close(): void {
    this.#closed = true;
    for (const scaler of this.#idle.splice(0)) scaler.close();
  }
}
