/** From an opened input to the pictures of its video: what is damaged is counted, and passed over. */

import { AV_PKT_DATA_DISPLAYMATRIX, AV_PKT_FLAG_CORRUPT } from "node-av/constants";
import { Packet, type Stream } from "node-av";
import type { Frame as AvFrame } from "node-av";
import type { Clock } from "../../../core/clock.ts";
import type { TellSource } from "../source.ts";
import { type DecoderOptions, isDoubtful, VideoDecoder } from "./decoder.ts";
import type { MediaInput } from "./input.ts";
import { InputError } from "./input_error.ts";
import { ConverterPool, VideoPicture } from "./picture.ts";
import { chooseVideo } from "./video_stream.ts";

/** What a reader is made of. */
export interface ReaderOptions extends DecoderOptions {
  /** Whether pictures come in their own time. */
  readonly live: boolean;
  /** Milliseconds without a picture after which a live input is given up. */
  readonly silenceMs: number;
  /** Silence is measured by it. */
  readonly clock: Clock;
}

/** Milliseconds that a live input has until its first picture: cameras send a whole one every 10 s or so. */
const FIRST_PICTURE_MS = 30_000;

/** Packets in a row that may be broken before the rest counts as lost. */
const BROKEN_MAX = 1000;

/** Reads the video of an input. */
export class VideoReader {
  /** Frames a second, as the container has it. */
  readonly fps: number | undefined;
  /** How many frames the container announces; it may be wrong. */
  readonly announced: number | undefined;
  /** What was left aside of the input, as a clause; empty where nothing was. */
  readonly aside: string;
  readonly #converters = new ConverterPool();
  readonly #stream: Stream;
  readonly #matrix: Uint8Array | null;
  #taken = 0;
  #brokenInARow = 0;
  #isLastCut = false;

  /**
   * Reads nothing yet.
   *
   * @throws {InputError} `unreadable` when there is no video in the input.
   */
  constructor(private readonly input: MediaInput, private readonly options: ReaderOptions) {
    const { stream, found } = chooseVideo(input.streams);
    if (!stream) throw new InputError("unreadable", found);
    this.#stream = stream;
    this.aside = found;
    const { avgFrameRate: { num, den }, codecpar } = stream;
    this.fps = num > 0 && den > 0 ? num / den : undefined;
    this.announced = announcedFrames(stream, this.fps);
    this.#matrix = codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX);
  }

  /** Pictures so far. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether the last thing that was read was cut off, or could not be read at all. */
  get isCutOff(): boolean {
    return this.#isLastCut || this.#brokenInARow > 0;
  }

  /**
   * The pictures, until the input ends or `signal` aborts.
   *
   * @throws {InputError} when the input is lost.
   */
  async *pictures(signal: AbortSignal, tell: TellSource): AsyncGenerator<VideoPicture> {
    const { live, clock, silenceMs } = this.options;
    let decoder = await VideoDecoder.open(this.#stream, this.options);
    const timeline = new Timeline(this.#stream, this.fps);
    const packet = new Packet();
    packet.alloc();
    let pictureAtMs = clock.nowMs() + Math.max(0, FIRST_PICTURE_MS - silenceMs);
    try {
      for (let atEnd = false; !atEnd && !signal.aborted;) {
        const read = await this.input.read(packet);
        this.#tellMissed(tell);
        atEnd = read === "end" || (read === "broken" && this.#brokeOff(tell));
        if (signal.aborted || (read === "broken" && !atEnd)) continue;
        if (!atEnd && packet.streamIndex !== this.#stream.index) {
          packet.unref();
          continue;
        }
        if (!atEnd) this.#note(packet);
        if (decoder.codecId !== this.#stream.codecpar.codecId) {
          decoder.close(); // the stream goes on as something else
          decoder = await VideoDecoder.open(this.#stream, this.options);
        }
        const { frames, isDamaged } = await decoder.decode(atEnd ? null : packet);
        packet.unref();
        // Who joins a live stream in its middle cannot decode what refers to what was before.
        if (isDamaged && (!live || this.#taken > 0)) {
          tell({ kind: "left_out", what: "damaged packets", count: 1, detail: this.#where() });
        }
        yield* this.#handOn(frames, timeline, signal, tell);
        if (frames.length > 0) pictureAtMs = clock.nowMs();
        else if (live && clock.nowMs() - pictureAtMs > silenceMs) {
          throw new InputError("silent", `no picture came for ${(silenceMs / 1000).toFixed(1)} s`);
        }
      }
    } finally {
      packet.free();
      decoder.close();
    }
  }

  /** Gives back what pictures are converted with. */
  close(): void {
    this.#converters.close();
  }

  *#handOn(
    frames: readonly AvFrame[],
    timeline: Timeline,
    signal: AbortSignal,
    tell: TellSource,
  ): Generator<VideoPicture> {
    for (const [i, frame] of frames.entries()) {
      if (signal.aborted) {
        for (const unwanted of frames.slice(i)) unwanted.free();
        return;
      }
      this.#taken++;
      if (isDoubtful(frame)) {
        const what = "parts of damaged frames";
        tell({ kind: "left_out", what, count: 1, detail: this.#where() });
      }
      const ptsMs = timeline.msOf(frame);
      yield new VideoPicture(frame, ptsMs, this.#converters, this.#matrix);
    }
  }

  #note(packet: Packet): void {
    this.#isLastCut = (packet.flags & AV_PKT_FLAG_CORRUPT) !== 0;
    this.#brokenInARow = 0;
  }

  /** A packet could not be read. @returns whether the rest is given up. */
  #brokeOff(tell: TellSource): boolean {
    this.#brokenInARow++;
    const detail = `${this.#where()}: ${this.input.reason || "it cannot be read"}`;
    tell({ kind: "left_out", what: "unreadable packets", count: 1, detail });
    return this.options.live || this.#brokenInARow >= BROKEN_MAX;
  }

  #tellMissed(tell: TellSource): void {
    for (const missed of this.input.takeMissed()) {
      tell({ kind: "left_out", ...missed, detail: this.#where() });
    }
  }

  #where(): string {
    return `after frame ${this.#taken}`;
  }
}

/** What a container says of its length, whichever of its numbers is the lowest. */
function announcedFrames(
  { nbFrames, duration, timeBase }: Stream,
  fps: number | undefined,
): number | undefined {
  const counted = Number(nbFrames) || Infinity;
  const lastsS = duration > 0n ? Number(duration) * timeBase.num / timeBase.den : Infinity;
  const least = Math.min(counted, Math.round(lastsS * (fps ?? Infinity)));
  return Number.isFinite(least) && least > 0 ? least : undefined;
}

/** Milliseconds that a time stamp may go ahead at once; more is a jump, and time goes on from before. */
const JUMP_MS = 10_000;

/** Presentation times that begin at 0 and never go back, whatever the stream's own do. */
class Timeline {
  readonly #msPerTick: number;
  readonly #spacingMs: number;
  #offsetMs: number | undefined;
  #lastMs = 0;

  constructor({ timeBase: { num, den } }: Stream, fps: number | undefined) {
    this.#msPerTick = 1000 * num / den;
    this.#spacingMs = 1000 / (fps ?? 25);
  }

  msOf({ bestEffortTimestamp }: AvFrame): number {
    const isKnown = bestEffortTimestamp > -(2n ** 62n); // AV_NOPTS_VALUE is the least number there is
    const isFirst = this.#offsetMs === undefined;
    const nextMs = isFirst ? 0 : this.#lastMs + this.#spacingMs;
    if (!isKnown) return this.#lastMs = nextMs;
    const rawMs = Number(bestEffortTimestamp) * this.#msPerTick;
    this.#offsetMs ??= rawMs;
    const ms = rawMs - this.#offsetMs;
    if (ms >= this.#lastMs && ms - this.#lastMs < JUMP_MS) return this.#lastMs = ms;
    this.#offsetMs = rawMs - nextMs;
    return this.#lastMs = nextMs;
  }
}
