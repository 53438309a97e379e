/** An opened file, address or device of FFmpeg's, read packet by packet. */

import { Packet, type Stream } from "node-av";
import { Dictionary, FFmpegError, FormatContext, InputFormat } from "node-av";
import {
  AV_TIME_BASE,
  AVERROR_DEMUXER_NOT_FOUND,
  AVERROR_EAGAIN,
  AVERROR_EIO,
  AVERROR_EOF,
  AVERROR_EXIT,
  AVERROR_HTTP_FORBIDDEN,
  AVERROR_HTTP_UNAUTHORIZED,
  AVERROR_INVALIDDATA,
  AVERROR_PATCHWELCOME,
  AVERROR_PROTOCOL_NOT_FOUND,
  AVFMT_TS_DISCONT,
} from "node-av/constants";
import { type Clock, every } from "../../../core/clock.ts";
import { within } from "../../../core/within.ts";
import "./ffmpeg.ts";
import { InputError } from "./input_error.ts";

/** How FFmpeg is to read something. */
export interface InputOptions {
  /** What FFmpeg opens: a path, a URL, the name of a device. May hold a password. */
  readonly url: string;
  /** FFmpeg's name of the format, where it cannot be recognised. */
  readonly format?: string;
  /** Options of FFmpeg's protocol or format. */
  readonly options?: Readonly<Record<string, string>>;
  /** Milliseconds after which an input that gives nothing is given up; `Infinity` = never. */
  readonly silenceMs: number;
  /** Silence is measured by it. */
  readonly clock: Clock;
  /** Aborts when the input is not wanted any more. */
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks at a device that has nothing yet. */
const AGAIN_MS = 5;

/** How many times in silence it is looked whether that is too long. */
const LOOKS = 8;

/** Milliseconds that an interrupted call has to return before it is left alone. */
const RETURN_MS = 1000;

/** An input that is open. */
export class MediaInput {
  readonly #context = new FormatContext();
  /** What is read into. FFmpeg may still be at it when nobody waits any more: it goes with the input. */
  readonly #packet = new Packet();
  readonly #clock: Clock;
  readonly #silenceMs: number;
  readonly #done = new AbortController();
  #busy: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #heardAtMs: number;
  #isSilent = false;
  #isInterrupted = false;
  #isLeft = false;
  #isClosed = false;

  private constructor({ clock, silenceMs, signal }: InputOptions) {
    this.#context.allocContext(); // one that openInput allocates cannot be interrupted
    this.#packet.alloc();
    this.#clock = clock;
    this.#silenceMs = silenceMs;
    this.#heardAtMs = clock.nowMs();
    const interrupt = () => this.interrupt();
    signal.addEventListener("abort", interrupt, { once: true, signal: this.#done.signal });
    if (signal.aborted) interrupt();
    if (silenceMs < Infinity) {
      void every(clock, silenceMs / LOOKS, () => this.#watch(), this.#done.signal);
    }
  }

  /**
   * Opens what is named and looks at what streams it has.
   *
   * @throws {InputError} when that is not possible in time.
   */
  static async open(how: InputOptions): Promise<MediaInput> {
    const input = new MediaInput(how);
    try {
      await input.#open(how);
      return input;
    } catch (error) {
      await input.close();
      throw error;
    }
  }

  /** FFmpeg's name of the format, such as `mov,mp4,m4a,3gp,3g2,mj2`. */
  get format(): string {
    return this.#context.iformat?.name ?? "";
  }

  /**
   * Its streams, those among them that appeared since it was opened.
   *
   * @internal
   */
  get streams(): readonly Stream[] {
    return this.#context.streams;
  }

  /** Whether times may jump in the middle of it, as where something was spliced. */
  get timesMayJump(): boolean {
    return ((this.#context.iformat?.flags ?? 0) & AVFMT_TS_DISCONT) !== 0;
  }

  /** Whether it says how long it lasts. */
  get hasDuration(): boolean {
    return this.#context.duration > 0n;
  }

  /** Seconds that it says it lasts; `undefined` where it says nothing. */
  get lastsS(): number | undefined {
    return this.hasDuration ? Number(this.#context.duration) / AV_TIME_BASE : undefined;
  }

  /**
   * Reads the next packet, which is there until the next is read.
   *
   * @returns `end` when there is none any more, `broken` when one could not be read and others may.
   * @throws {InputError} when the input is lost.
   * @internal
   */
  async read(): Promise<Packet | "end" | "broken"> {
    for (;;) {
      this.#packet.unref();
      const code = await this.#call(() => this.#context.readFrame(this.#packet));
      if (this.#isSilent) throw this.#silence();
      if (code >= 0) {
        this.#heardAtMs = this.#clock.nowMs();
        return this.#packet;
      }
      if (code === AVERROR_EOF || code === AVERROR_EXIT) return "end";
      if (code === AVERROR_INVALIDDATA) return "broken";
      if (code !== AVERROR_EAGAIN) throw new InputError("lost", whyOf(code));
      await this.#clock.sleep(AGAIN_MS, this.#done.signal);
    }
  }

  /**
   * Has whoever reads it come to an end; it is still to be closed. FFmpeg does not look up from a pipe
   * that says nothing: it is not waited for.
   */
  interrupt(): void {
    if (!this.#isClosed) void this.#leave();
  }

  /** Gives it back. One that FFmpeg does not let go is left to it, and given back when it does. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#context.interrupt();
    const closed = this.#busy.then(async () => {
      this.#packet.free();
      await this.#context.closeInput();
    });
    if (!this.#isLeft) await within(RETURN_MS, closed, this.#clock);
    this.#done.abort();
  }

  async #open({ url, format, options = {}, signal }: InputOptions): Promise<void> {
    const dictionary = Dictionary.fromObject(options);
    try {
      const known = format === undefined ? null : InputFormat.findInputFormat(format);
      if (format !== undefined && !known) {
        throw new InputError("unreadable", `this FFmpeg has no ${format} devices`);
      }
      this.#throwIf(
        await this.#call(() => this.#context.openInput(url, known, dictionary)),
        signal,
      );
    } finally {
      void this.#busy.then(() => dictionary.free());
    }
    this.#throwIf(await this.#call(() => this.#context.findStreamInfo(null)), signal);
  }

  #throwIf(code: number, signal: AbortSignal): void {
    if (code >= 0) return;
    if (this.#isSilent) throw this.#silence();
    if (signal.aborted) throw new InputError("lost", "it is not wanted any more");
    throw new InputError(kindOf(code), whyOf(code));
  }

  /** Calls FFmpeg; gives up waiting for a call that does not return although it was interrupted. */
  async #call(native: () => Promise<number>): Promise<number> {
    if (this.#isClosed || this.#isInterrupted) return AVERROR_EXIT;
    this.#waiting++;
    const call = native();
    this.#busy = call.catch(() => {});
    const interrupted = Promise.withResolvers<number>();
    this.#giveUp = () => interrupted.resolve(AVERROR_EXIT);
    try {
      return await Promise.race([call, interrupted.promise]);
    } finally {
      this.#waiting--;
    }
  }

  #giveUp = () => {};

  async #watch(): Promise<void> {
    if (this.#waiting === 0) {
      this.#heardAtMs = this.#clock.nowMs(); // nobody asks: it is not the input that is silent
      return;
    }
    if (this.#clock.nowMs() - this.#heardAtMs < this.#silenceMs) return;
    this.#isSilent = true;
    await this.#leave();
  }

  /** Interrupts what FFmpeg is at. Where it cannot be, as in a pipe that nobody writes to, it is left. */
  async #leave(): Promise<void> {
    this.#isInterrupted = true;
    this.#context.interrupt();
    this.#isLeft = !await within(RETURN_MS, this.#busy, this.#clock);
    this.#giveUp();
  }

  #silence(): InputError {
    const seconds = Number((this.#silenceMs / 1000).toFixed(1));
    return new InputError("silent", `nothing came for ${seconds} s`);
  }
}

/** What a code of FFmpeg's says of the other side. */
function kindOf(code: number): InputError["kind"] {
  switch (code) {
    case AVERROR_HTTP_UNAUTHORIZED:
    case AVERROR_HTTP_FORBIDDEN:
      return "refused";
    case AVERROR_INVALIDDATA:
    case AVERROR_DEMUXER_NOT_FOUND:
    case AVERROR_PROTOCOL_NOT_FOUND:
    case AVERROR_PATCHWELCOME:
      return "unreadable";
    default:
      return "lost";
  }
}

/** What a code says, as a clause. */
function whyOf(code: number): string {
  if (code === AVERROR_EOF) return "it ends before anything came";
  if (code === AVERROR_EIO) return "it is not there, or the way to it is lost (input/output error)";
  if (code === AVERROR_INVALIDDATA) {
    return "it is empty, damaged, or no video or image that FFmpeg knows (invalid data found)";
  }
  return clause(FFmpegError.strerror(code));
}

/** A sentence of FFmpeg's as a clause: `Connection refused.` → `connection refused`. */
function clause(text: string): string {
  const [first = "", second = ""] = text;
  const isWord = second === second.toLowerCase();
  return (isWord ? first.toLowerCase() + text.slice(1) : text).replace(/[\s.]+$/, "");
}
