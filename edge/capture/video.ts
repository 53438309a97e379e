/** A video that ends: a file, or one at an address. */

import type { Clock } from "../../core/clock.ts";
import { isSmarteyeError, messageOf, SmarteyeError } from "../../core/errors.ts";
import type { CapturedPicture } from "../../core/frame.ts";
import { logger } from "../../core/log.ts";
import { assertHwaccel } from "./media/decoder.ts";
import { MediaInput } from "./media/input.ts";
import { InputError } from "./media/input_error.ts";
import type { PacketTape } from "./media/packet_tape.ts";
import { VideoReader } from "./media/reader.ts";
import { cutOff } from "./media/structure.ts";
import type { FrameSource, TellSource } from "./source.ts";

const log = logger("edge");

/** What is read, and how. */
export interface VideoOptions {
  /** As FFmpeg takes it; may hold a password. */
  readonly url: string;
  /** What it is, for people. */
  readonly description: string;
  /** The file, where it is one; else it is somewhere else, and may be lost. */
  readonly file?: string;
  /** FFmpeg's name of the format, where it cannot be recognised. */
  readonly format?: string;
  /** Options of FFmpeg's protocol or format. */
  readonly options?: Readonly<Record<string, string>>;
  /** Milliseconds without a byte, or of what is live a picture, after which it counts as lost. */
  readonly silenceMs: number;
  /** What decodes. */
  readonly hwaccel: string;
  /** Pixels (width × height) that a frame may have. */
  readonly pixelsMax: number;
  /** What its video is kept on as it was sent; absent: on nothing. */
  readonly tape?: PacketTape | undefined;
  /** Whether it is live, where the user says so. */
  readonly live?: boolean | undefined;
}

/** What opening a video needs of the world. */
export interface VideoWorld {
  /** Silence is measured by it. */
  readonly clock: Clock;
  /** Aborts when the video is not wanted any more. */
  readonly drain: AbortSignal;
}

/** An input whose video can be read. */
export interface OpenedVideo {
  /** Whether pictures come in their own time. */
  readonly live: boolean;
  /** What is read. */
  readonly input: MediaInput;
  /** Reads it. */
  readonly reader: VideoReader;
}

/**
 * Opens an input and looks for its video.
 *
 * @param isLive tells whether it is live, where the user does not.
 * @throws {InputError} when there is none.
 */
export async function openVideoInput(
  how: VideoOptions,
  isLive: (input: MediaInput) => boolean,
  clock: Clock,
  signal: AbortSignal,
): Promise<OpenedVideo> {
  const { silenceMs, hwaccel, pixelsMax, tape } = how;
  assertHwaccel(hwaccel);
  const input = await MediaInput.open({ ...how, clock, signal });
  try {
    const live = how.live ?? isLive(input);
    const reader = new VideoReader(input, { live, hwaccel, pixelsMax, silenceMs, clock, tape });
    const { aside } = reader;
    if (aside) log.info("{description}: {aside}", { description: how.description, aside });
    return { live, input, reader };
  } catch (error) {
    await input.close();
    throw error;
  }
}

/** A video that is read from its first frame to its last, each in its turn. */
export class VideoSource implements FrameSource {
  readonly live = false;
  readonly frameCount: number | undefined;
  readonly fps: number | undefined;

  /** Of one that is open. */
  constructor(
    private readonly video: OpenedVideo,
    private readonly how: VideoOptions,
    private readonly clock: Clock,
  ) {
    this.frameCount = video.reader.announced;
    this.fps = video.reader.fps;
  }

  /**
   * Opens a video file or address.
   *
   * @throws {SmarteyeError} `failed_precondition` when it is no video, `unavailable` when an address
   * does not answer.
   */
  static async open(how: VideoOptions, { clock, drain }: VideoWorld): Promise<VideoSource> {
    try {
      const video = await openVideoInput(how, () => false, clock, drain);
      return new VideoSource(video, how, clock);
    } catch (error) {
      throw isSmarteyeError(error) ? error : cannotRead(how, error);
    }
  }

  get description(): string {
    return this.how.description;
  }

  async *pictures(
    signal: AbortSignal,
    tell: TellSource = () => {},
  ): AsyncGenerator<CapturedPicture> {
    if (signal.aborted) return;
    try {
      yield* this.video.reader.pictures(signal, tell);
    } catch (error) {
      if (signal.aborted) return;
      throw this.#brokeOff(messageOf(error), error);
    }
    if (!signal.aborted) await this.#assertWhole();
  }

  async close(): Promise<void> {
    await this.video.input.close();
    this.video.reader.close();
  }

  /** The end of the bytes is no success: the container says whether it is the end. */
  async #assertWhole(): Promise<void> {
    const { input, reader } = this.video;
    const { file, url } = this.how;
    // What is piped in or sent otherwise is there once, and is not looked at again.
    const place = file ?? (/^https?:/i.test(url) ? url : undefined);
    const cut = place === undefined || input.format === "hls"
      ? undefined
      : await cutOff(place, this.clock).catch(messageOf);
    if (cut !== undefined) throw this.#brokeOff(cut);
    if (reader.isCutOff) throw this.#brokeOff("it ends in the middle of a frame");
    if (reader.taken === 0) throw this.#brokeOff("it has no frames");
  }

  #brokeOff(found: string, cause?: unknown): SmarteyeError {
    const { taken } = this.video.reader;
    const where = taken === 0 ? found : `after frame ${taken}: ${found}`;
    return cannotRead(this.how, new InputError("lost", where), cause);
  }
}

/** What is said of a video that cannot be read, or not to its end. */
export function cannotRead(
  { description, file, url }: Pick<VideoOptions, "description" | "file" | "url">,
  error: unknown,
  cause: unknown = error,
): SmarteyeError {
  const isFile = file !== undefined;
  const wanted = isFile
    ? "a whole video or image file"
    : url.startsWith("pipe:")
    ? "a whole video that is piped in"
    : "an address that sends video";
  return new SmarteyeError(
    isFile ? "failed_precondition" : "unavailable",
    `Cannot read "${description}": ${messageOf(error)}, ${wanted} is wanted`,
    { cause },
  );
}
