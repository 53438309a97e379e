/** An opened file, address or device of FFmpeg's, read packet by packet. */

import { Dictionary, FFmpegError, FormatContext, InputFormat, Packet } from "node-av";
import { AVERROR_EAGAIN, AVERROR_EOF, AVERROR_EXIT } from "node-av/constants";
import type { Stream } from "node-av";
import { type Clock, every } from "../../../core/clock.ts";
import { within } from "../../../core/within.ts";
import { listenToFfmpeg } from "./ffmpeg_log.ts";
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
const RETURN_MS = 2000;

/** Lines of FFmpeg's log that are remembered as the reason of a failure. */
const REASONS_MAX = 4;

/** What the log says of segments of a stream over HTTP that could not be had (`libavformat/hls.c`). */
const SEGMENT_LOST = /^Failed to open segment|failed too many times, skipping/;

/** What it says of packets that did not arrive (`libavformat/rtpdec.c`). */
const PACKETS_LOST = /^RTP: missed (\d+) packets/;

/** What it says of an end before the end (`libavformat/{http,matroskadec,mov}.c`). */
const ENDED_EARLY =
  /^(Stream ends prematurely at|File ended prematurely|stream \d+, offset .*: partial file)/;

/** What an input missed. */
export interface Missed {
  /** In the plural. */
  readonly what: string;
  /** How many. */
  readonly count: number;
}

/** An input that is open. */
export class MediaInput {
  readonly #context = new FormatContext();
  readonly #clock: Clock;
  readonly #silenceMs: number;
  readonly #done = new AbortController();
  /** The latest errors of FFmpeg's log while this input was waited for. */
  #reasons: string[] = [];
  #missed: Missed[] = [];
  #endedEarly = false;
  #busy: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #heardAtMs: number;
  #isSilent = false;
  #isClosed = false;

  private constructor({ clock, silenceMs, signal }: InputOptions) {
    this.#clock = clock;
    this.#silenceMs = silenceMs;
    this.#heardAtMs = clock.nowMs();
    const interrupt = () => this.#context.interrupt();
    signal.addEventListener("abort", interrupt, { once: true, signal: this.#done.signal });
    if (silenceMs < Infinity) {
      void every(clock, silenceMs / LOOKS, () => this.#watch(), this.#done.signal);
    }
    const unlisten = listenToFfmpeg((line, isError) => this.#hear(line, isError));
    this.#done.signal.addEventListener("abort", unlisten, { once: true });
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

  /** Its streams, those among them that appeared since it was opened. */
  get streams(): readonly Stream[] {
    return this.#context.streams;
  }

  /** Whether it says how long it lasts. */
  get hasDuration(): boolean {
    return this.#context.duration > 0n;
  }

  /** Whether it ended before its end, as far as FFmpeg noticed. */
  get endedEarly(): boolean {
    return this.#endedEarly;
  }

  /**
   * Reads the next packet.
   *
   * @returns `end` when there is none any more, `broken` when one could not be read and others may.
   * @throws {InputError} when the input is lost.
   */
  async read(packet: Packet): Promise<"packet" | "end" | "broken"> {
    for (;;) {
      const code = await this.#call(() => this.#context.readFrame(packet));
      if (code >= 0) {
        this.#heardAtMs = this.#clock.nowMs();
        return "packet";
      }
      if (this.#isSilent) throw this.#silence();
      if (code === AVERROR_EOF || code === AVERROR_EXIT) return "end";
      if (code !== AVERROR_EAGAIN) return "broken";
      await this.#clock.sleep(AGAIN_MS, this.#done.signal);
    }
  }

  /** What went missing on the way since this was last asked. */
  takeMissed(): readonly Missed[] {
    return this.#missed.splice(0);
  }

  /** Why the latest call failed, as FFmpeg's log has it; empty where it says nothing. */
  get reason(): string {
    return this.#reasons.at(-1) ?? "";
  }

  /** Has whoever reads it come to an end; it is still to be closed. */
  interrupt(): void {
    this.#context.interrupt();
  }

  /** Gives it back. One that FFmpeg does not let go is left to it, and given back when it does. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#context.interrupt();
    const closed = this.#busy.then(() => this.#context.closeInput()).finally(() =>
      this.#done.abort()
    );
    await within(RETURN_MS, closed, this.#clock);
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
      dictionary.free();
    }
    this.#throwIf(await this.#call(() => this.#context.findStreamInfo(null)), signal);
  }

  #throwIf(code: number, signal: AbortSignal): void {
    if (code >= 0) return;
    if (this.#isSilent) throw this.#silence();
    if (signal.aborted) throw new InputError("lost", "it is not wanted any more");
    const said = FFmpegError.strerror(code);
    const answer = this.#reasons.map(answerOf).find((answer) => answer !== undefined);
    if (answer) throw new InputError(answer.kind, answer.found);
    throw new InputError(code === AVERROR_EOF ? "lost" : "unreadable", clause(this.reason || said));
  }

  /** Calls FFmpeg; gives up waiting for a call that does not return although it was interrupted. */
  async #call(native: () => Promise<number>): Promise<number> {
    if (this.#isClosed) return AVERROR_EXIT;
    this.#reasons = [];
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
    this.#context.interrupt();
    await within(RETURN_MS, this.#busy, this.#clock);
    this.#giveUp();
  }

  #silence(): InputError {
    const seconds = Number((this.#silenceMs / 1000).toFixed(1));
    return new InputError("silent", `nothing came for ${seconds} s`);
  }

  #hear(line: string, isError: boolean): void {
    if (this.#waiting === 0) return;
    if (SEGMENT_LOST.test(line)) this.#missed.push({ what: "segments of the stream", count: 1 });
    const packets = PACKETS_LOST.exec(line)?.[1];
    if (packets) this.#missed.push({ what: "packets of the network", count: Number(packets) });
    if (ENDED_EARLY.test(line)) this.#endedEarly = true;
    if (!isError || this.#reasons.length >= REASONS_MAX) return;
    this.#reasons.push(line);
  }
}

/** What the other side answered, where a line of FFmpeg's log tells. */
function answerOf(line: string): { kind: InputError["kind"]; found: string } | undefined {
  // "method DESCRIBE failed: 401 Unauthorized", "HTTP error 404 Not Found"
  const status = /(?:failed: |HTTP error )(\d{3})\b ?([\w -]*)/.exec(line);
  if (status) {
    const [, code, words] = status;
    const refused = code === "401" || code === "403";
    const hint = refused ? ": its account and password are wanted" : "";
    return {
      kind: refused ? "refused" : "lost",
      found: `it answers ${code}${words ? ` ${words.trim()}` : ""}${hint}`,
    };
  }
  // "Connection to tcp://host:1?timeout=5 failed: Connection refused"
  const connection = /^Connection to \S+ failed: (.*)$/.exec(line)?.[1];
  if (connection) return { kind: "lost", found: clause(connection) };
  const host = /^Failed to resolve hostname (\S+): (.*)$/.exec(line);
  if (host) return { kind: "lost", found: `there is no host ${host[1]} (${clause(host[2]!)})` };
  return undefined;
}

/** A sentence of FFmpeg's as a clause: `Connection refused.` → `connection refused`. */
function clause(text: string): string {
  const [first = "", second = ""] = text;
  const isWord = second === second.toLowerCase();
  return (isWord ? first.toLowerCase() + text.slice(1) : text).replace(/[\s.]+$/, "");
}
