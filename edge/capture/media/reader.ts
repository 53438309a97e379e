/** From an opened input to the pictures of its video: what is damaged is counted, and passed over. */

import type { Frame as AvFrame, Packet, Stream } from "node-av";
import { AV_PKT_DATA_DISPLAYMATRIX, AV_PKT_FLAG_CORRUPT } from "node-av/constants";
import type { Clock } from "../../../core/clock.ts";
import type { TellSource } from "../source.ts";
import { type DecoderOptions, isDoubtful, VideoDecoder } from "./decoder.ts";
import type { MediaInput } from "./input.ts";
import { InputError } from "./input_error.ts";
import type { PacketTape } from "./packet_tape.ts";
import { ConverterPool, VideoPicture } from "./picture.ts";
import { chooseVideo } from "./video_stream.ts";

/** What a reader is made of. */
export interface ReaderOptions extends DecoderOptions {
  /** Milliseconds without a picture after which a live input is given up. */
  readonly silenceMs: number;
  /** Silence is measured by it. */
  readonly clock: Clock;
  /** Takes the packets as they come; absent: nothing does. */
  readonly tape?: PacketTape | undefined;
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
  #gaps: GapFinder | undefined;
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
    const { width, height } = stream.codecpar;
    if (width * height > options.pixelsMax) {
      const most = (options.pixelsMax / 1e6).toFixed(1);
      const found =
        `its frames have ${width}×${height} pixels, at most ${most} megapixels are allowed`;
      throw new InputError("unreadable", found);
    }
    this.#stream = stream;
    this.aside = found;
    const { avgFrameRate: { num, den }, codecpar } = stream;
    this.fps = num > 0 && den > 0 ? num / den : undefined;
    this.announced = announcedFrames(stream, this.fps);
    const matrix = codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX);
    this.#matrix = matrix && new Uint8Array(matrix); // the stream's own goes with the input
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
    const { live, clock, silenceMs, tape } = this.options;
    let decoder = await VideoDecoder.open(this.#stream, this.options);
    if (this.input.format === "hls") this.#gaps = new GapFinder(this.#stream);
    tape?.begin(this.#stream, live);
    const timeline = new Timeline(this.#stream, this.fps, this.input.timesMayJump);
    const interrupt = () => this.input.interrupt();
    signal.addEventListener("abort", interrupt, { once: true });
    let lost: unknown;
    let pictureAtMs = clock.nowMs() + Math.max(0, FIRST_PICTURE_MS - silenceMs);
    try {
      for (let atEnd = false; !atEnd && !signal.aborted;) {
        const read = await this.input.read().catch((error) => {
          lost = error; // told when what came before is handed on
          return "end" as const;
        });
        atEnd = read === "end" || (read === "broken" && this.#brokeOff(tell));
        if (signal.aborted || (read === "broken" && !atEnd)) continue;
        const packet = typeof read === "string" ? null : read;
        if (packet && packet.streamIndex !== this.#stream.index) continue;
        if (decoder.codecId !== this.#stream.codecpar.codecId) {
          decoder.close(); // the stream goes on as something else
          decoder = await VideoDecoder.open(this.#stream, this.options);
          tape?.begin(this.#stream, live);
        }
        if (packet) {
          this.#note(packet, tell);
          tape?.add(packet);
        }
        const { frames, isDamaged } = await decoder.decode(packet);
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
      if (signal.aborted) return;
      this.#tellGap(this.#gaps?.atEnd(this.input.lastsS) ?? 0, tell);
      if (lost) throw lost;
    } finally {
      signal.removeEventListener("abort", interrupt);
      decoder.close();
      tape?.end();
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
    const left = [...frames];
    try {
      while (left.length > 0 && !signal.aborted) {
        const frame = left.shift()!;
        this.#taken++;
        if (isDoubtful(frame)) {
          const what = "parts of damaged frames";
          tell({ kind: "left_out", what, count: 1, detail: this.#where() });
        }
        const ptsMs = timeline.msOf(frame);
        const tapeMs = this.options.tape?.placeOf(frame.bestEffortTimestamp);
        const picture = new VideoPicture(frame, ptsMs, this.#converters, this.#matrix);
        yield tapeMs === undefined ? picture : Object.assign(picture, { tapeMs });
      }
    } finally {
      for (const unwanted of left) unwanted.free();
    }
  }

  #note(packet: Packet, tell: TellSource): void {
    this.#isLastCut = (packet.flags & AV_PKT_FLAG_CORRUPT) !== 0;
    this.#brokenInARow = 0;
    this.#tellGap(this.#gaps?.after(packet) ?? 0, tell);
  }

  #tellGap(gapS: number, tell: TellSource): void {
    if (gapS === 0) return;
    tell({ kind: "left_out", what: "seconds of the stream", count: gapS, detail: this.#where() });
  }

  /** A packet could not be read. @returns whether the rest is given up. */
  #brokeOff(tell: TellSource): boolean {
    this.#brokenInARow++;
    tell({ kind: "left_out", what: "unreadable packets", count: 1, detail: this.#where() });
    return this.#brokenInARow >= BROKEN_MAX;
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

/** Seconds between two packets from which on something is missing, and from which on it is a new beginning. */
const GAP_S = { least: 1, most: 120 };

/** Part of a length in whole seconds that may be missing: each segment's is rounded, in old playlists. */
const ROUNDED = 0.05;

/**
 * Finds what is missing of a stream in segments: FFmpeg passes over those that it cannot have
 * (`libavformat/hls.c`), and says so in its log alone.
 */
class GapFinder {
  #lastS: number | undefined;
  /** What there was of it, with the gaps within. */
  #spanS = 0;

  constructor(private readonly stream: Stream) {}

  /** Whole seconds that are missing before a packet. */
  after({ dts, duration }: Packet): number {
    if (dts < LEAST_TIME) return 0;
    const { num, den } = this.stream.timeBase;
    const atS = Number(dts) * num / den;
    const gapS = this.#lastS === undefined ? 0 : atS - this.#lastS;
    const takesS = Number(duration) * num / den;
    this.#lastS = atS + takesS;
    this.#spanS += takesS + (gapS < GAP_S.most ? Math.max(gapS, -takesS) : 0);
    return gapS >= GAP_S.least && gapS < GAP_S.most ? Math.round(gapS) : 0;
  }

  /** Whole seconds that are missing before the first packet and after the last, of so many in all. */
  atEnd(lastsS = 0): number {
    const missingS = lastsS - this.#spanS;
    const leastS = Number.isInteger(lastsS) ? Math.max(GAP_S.least, ROUNDED * lastsS) : GAP_S.least;
    return missingS >= leastS ? Math.round(missingS) : 0;
  }
}

/** Below it is no time: AV_NOPTS_VALUE is the least number of 64 bits. */
const LEAST_TIME = -(2n ** 62n);

/**
 * Milliseconds that a time stamp may go ahead at once; more is a jump, and time goes on from before. A
 * file with an index may have long pauses: FFmpeg's own two thresholds (`fftools/ffmpeg_demux.c`).
 */
const JUMP_MS = { spliced: 10_000, indexed: 30 * 3_600_000 };

/** Presentation times that begin at 0 and never go back, whatever the stream's own do. */
class Timeline {
  readonly #msPerTick: number;
  readonly #spacingMs: number;
  readonly #jumpMs: number;
  #offsetMs: number | undefined;
  #lastMs = 0;

  constructor({ timeBase: { num, den } }: Stream, fps: number | undefined, mayJump: boolean) {
    this.#jumpMs = mayJump ? JUMP_MS.spliced : JUMP_MS.indexed;
    this.#msPerTick = 1000 * num / den;
    this.#spacingMs = 1000 / (fps ?? 25);
  }

  msOf({ bestEffortTimestamp }: AvFrame): number {
    const isKnown = bestEffortTimestamp > LEAST_TIME;
    const isFirst = this.#offsetMs === undefined;
    const nextMs = isFirst ? 0 : this.#lastMs + this.#spacingMs;
    if (!isKnown) return this.#lastMs = nextMs;
    const rawMs = Number(bestEffortTimestamp) * this.#msPerTick;
    this.#offsetMs ??= rawMs;
    const ms = rawMs - this.#offsetMs;
    if (ms >= this.#lastMs && ms - this.#lastMs < this.#jumpMs) return this.#lastMs = ms;
    this.#offsetMs = rawMs - nextMs;
    return this.#lastMs = nextMs;
  }
}
