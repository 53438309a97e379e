/**
 * The latest of a source's video as it was sent, in memory: packets are shared with whoever decodes them,
 * not copied. What is let go is let go from one keyframe to the next, so that all that is there can be
 * shown.
 */

import { CodecParameters, type Packet, type Stream } from "node-av";
import {
  AV_CODEC_ID_AV1,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_MJPEG,
  AV_CODEC_ID_MPEG2VIDEO,
  AV_CODEC_ID_MPEG4,
  AV_CODEC_ID_RAWVIDEO,
  AV_CODEC_ID_VP9,
  AV_CODEC_ID_WRAPPED_AVFRAME,
} from "node-av/constants";
import "./ffmpeg.ts";

/** Codecs that players expect in MP4; others go to Matroska. */
const IN_MP4: ReadonlySet<number> = new Set([
  ...[AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_AV1, AV_CODEC_ID_VP9],
  ...[AV_CODEC_ID_MPEG4, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MJPEG],
]);

/** What is no video that was encoded. */
const RAW: ReadonlySet<number> = new Set([AV_CODEC_ID_RAWVIDEO, AV_CODEC_ID_WRAPPED_AVFRAME]);

/** Below it is no time: AV_NOPTS_VALUE is the least number of 64 bits. */
const LEAST_TIME = -(2n ** 62n);

/** Milliseconds that time may go back at once, or ahead: more is another beginning. */
const BACK_MS = 1000;
const AHEAD_MS = 10_000;

/** Bytes that a packet takes beside its data, about. */
const PACKET_BYTES = 512;

/** Milliseconds between two pictures where nobody says. */
const SPACING_MS = 40;

/** Video in one piece: one codec, and times that only go on. */
export interface Segment {
  /**
   * As of the stream.
   *
   * @internal
   */
  readonly parameters: CodecParameters;
  /** Seconds of a tick of its packets. */
  readonly timeBase: { readonly num: number; readonly den: number };
  /** What carries it. */
  readonly format: "mp4" | "matroska";
  /** Its pictures come in their own time. */
  readonly live: boolean;
  /** Nothing more comes of it. */
  readonly isOver: boolean;
  /** There was no room for the beginning of what is wanted of it. */
  readonly isCramped: boolean;
}

/** A packet on the tape. Times are of the tape, milliseconds. */
export interface Taped {
  /**
   * The tape's own; its times only go on.
   *
   * @internal
   */
  readonly packet: Packet;
  /** The piece that it is of. */
  readonly segment: Segment;
  /** When its picture is shown. */
  readonly atMs: number;
  /** When it is decoded: in the order of packets, these go on. */
  readonly dueMs: number;
}

/** What is read of a tape. */
export interface TapeRead {
  /** In order. */
  readonly packets: readonly Taped[];
  /** Number of the packet that is to be read next. */
  readonly next: number;
  /** Some were let go before they could be read. */
  readonly isTorn: boolean;
  /** There is, or will be, none of that piece behind them. */
  readonly isOver: boolean;
  /** There are others behind them already. */
  readonly isPast: boolean;
}

type Growing = { -readonly [K in keyof Segment]: Segment[K] } & {
  /** What its first picture's time is, and where that lies on the tape. */
  originTicks: bigint | undefined;
  readonly originMs: number;
  readonly msPerTick: number;
  lastTicks: bigint;
};

/** What a tape is made of. */
export interface TapeParts {
  /** Bytes of packets that it holds at most. */
  readonly bytesMax: number;
  /** Hears, once, that there is not even room from one keyframe to the next. */
  readonly onCramped: () => void;
}

/** Keeps packets of one source. */
export class PacketTape {
  #packets: Taped[] = [];
  /** Number of the first of them; they are numbered from 0 on. */
  #first = 0;
  /** Numbers of the keyframes among them. */
  #keys: number[] = [];
  #bytes = 0;
  #segment: Growing | undefined;
  /** Where on the tape the next picture is, if it comes as the last one did. */
  #nextMs = 0;
  #isCrampedTold = false;
  #isClosed = false;
  /** Called when a piece is over. */
  onOver: () => void = () => {};
  /** Why there is nothing on it, as a clause, where that is known. */
  refusal: string | undefined;

  /** Holds nothing yet. */
  constructor(private readonly parts: TapeParts) {}

  /** Bytes that it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Milliseconds from the first to the last of its packets. */
  get spanMs(): number {
    return (this.#packets.at(-1)?.dueMs ?? 0) - (this.#packets[0]?.dueMs ?? 0);
  }

  /**
   * A stream begins, or goes on as something else.
   *
   * @internal
   */
  begin({ codecpar, timeBase: { num, den } }: Stream, live: boolean): void {
    this.end();
    if (this.#isClosed) return;
    if (RAW.has(codecpar.codecId)) {
      this.refusal = "its video is not encoded";
      return;
    }
    this.refusal = undefined;
    const parameters = new CodecParameters();
    parameters.alloc();
    codecpar.copy(parameters);
    const format = IN_MP4.has(codecpar.codecId) ? "mp4" : "matroska";
    this.#start({ parameters, timeBase: { num, den }, format, live });
  }

  /**
   * Takes a packet, which stays the reader's.
   *
   * @internal
   */
  add(packet: Packet): void {
    let segment = this.#segment;
    if (!segment) return;
    const { msPerTick, lastTicks } = segment;
    const isFirst = segment.originTicks === undefined;
    const step = BigInt(Math.max(1, Math.round(SPACING_MS / msPerTick)));
    const pts = known(packet.pts);
    let dts = known(packet.dts) ?? pts ?? (isFirst ? 0n : lastTicks + step);
    const aheadMs = Number(dts - lastTicks) * msPerTick;
    if (!isFirst && (aheadMs < -BACK_MS || aheadMs > AHEAD_MS)) {
      const { parameters, timeBase, format, live } = segment;
      this.end();
      this.#start({ parameters, timeBase, format, live });
      segment = this.#segment!;
    } else if (!isFirst && dts <= lastTicks) dts = lastTicks + 1n;
    segment.lastTicks = dts;
    // Nothing can be shown before a keyframe.
    if (!packet.isKeyframe && (segment.originTicks === undefined || this.#keys.length === 0)) {
      return;
    }
    const own = packet.clone();
    if (!own) return; // there is no memory
    own.dts = dts;
    own.pts = pts === undefined || pts < dts ? dts : pts;
    segment.originTicks ??= own.pts;
    const atMs = this.#msOf(segment, own.pts);
    const dueMs = this.#msOf(segment, dts);
    if (packet.isKeyframe) this.#keys.push(this.#first + this.#packets.length);
    this.#packets.push({ packet: own, segment, atMs, dueMs });
    this.#bytes += own.size + PACKET_BYTES;
    this.#nextMs = Math.max(this.#nextMs, atMs + (Number(own.duration) * msPerTick || SPACING_MS));
    while (this.#bytes > this.parts.bytesMax) this.#makeRoom(segment);
  }

  /** Where on the tape a picture of a time is. @param ticks as its packets have it */
  placeOf(ticks: bigint): number | undefined {
    const segment = this.#segment;
    if (segment?.originTicks === undefined) return undefined;
    // One of which nobody knows the time is of about now.
    return ticks < LEAST_TIME ? this.#packets.at(-1)?.atMs : this.#msOf(segment, ticks);
  }

  /** No more comes of the piece. */
  end(): void {
    const segment = this.#segment;
    this.#segment = undefined;
    if (!segment) return;
    segment.isOver = true;
    this.onOver();
  }

  /** Lets go of what is before a time, up to the last keyframe before it. */
  release(beforeMs: number): void {
    while (this.#keys.length > 1) {
      if (this.#at(this.#keys[1]!).atMs > beforeMs) return;
      this.#drop(this.#keys[1]! - this.#first);
    }
  }

  /** Number of the keyframe with which what is to be seen from a time on begins, in the piece of another time. */
  keyBefore(fromMs: number, nowMs: number): number | undefined {
    const before = this.#keys.filter((key) => this.#at(key).atMs <= nowMs);
    const last = before.at(-1);
    if (last === undefined) return undefined;
    const { segment } = this.#at(last);
    const own = before.filter((key) => this.#at(key).segment === segment);
    return own.findLast((key) => this.#at(key).atMs <= fromMs) ?? own[0];
  }

  /** Packets from a number on, of the same piece, that are due at a time. */
  read(from: number, segment: Segment | undefined, untilMs: number): TapeRead {
    const isTorn = from < this.#first;
    const next = Math.max(from, this.#first);
    const left = this.#packets.slice(next - this.#first);
    const piece = segment ?? left[0]?.segment;
    const ends = left.findIndex((one) => one.segment !== piece || one.dueMs > untilMs);
    const packets = ends < 0 ? left : left.slice(0, ends);
    const after = ends < 0 ? undefined : left[ends];
    return {
      ...{ packets, isTorn, next: next + packets.length },
      isOver: after ? after.segment !== piece : piece?.isOver ?? true,
      isPast: after !== undefined,
    };
  }

  /** Lets go of all. Nothing is taken any more. */
  close(): void {
    this.end();
    this.#isClosed = true;
    this.#drop(this.#packets.length);
  }

  #start(piece: Pick<Segment, "parameters" | "timeBase" | "format" | "live">): void {
    const msPerTick = 1000 * piece.timeBase.num / piece.timeBase.den;
    this.#segment = {
      ...{ ...piece, msPerTick, isOver: false, isCramped: false },
      ...{ originTicks: undefined, originMs: this.#nextMs, lastTicks: 0n },
    };
  }

  #msOf({ originTicks, originMs, msPerTick }: Growing, ticks: bigint): number {
    return originMs + Number(ticks - originTicks!) * msPerTick;
  }

  #at(number: number): Taped {
    return this.#packets[number - this.#first]!;
  }

  #makeRoom(segment: Growing): void {
    segment.isCramped = true;
    const [, second] = this.#keys;
    if (second !== undefined) return this.#drop(second - this.#first);
    this.#drop(this.#packets.length); // and what follows waits for a keyframe
    if (!this.#isCrampedTold) this.parts.onCramped();
    this.#isCrampedTold = true;
  }

  #drop(count: number): void {
    for (const { packet } of this.#packets.splice(0, count)) {
      this.#bytes -= packet.size + PACKET_BYTES;
      packet.free();
    }
    this.#first += count;
    while (this.#keys.length > 0 && this.#keys[0]! < this.#first) this.#keys.shift();
  }
}

function known(ticks: bigint): bigint | undefined {
  return ticks > LEAST_TIME ? ticks : undefined;
}
