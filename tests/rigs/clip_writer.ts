/** Small clips of whatever form, written by FFmpeg's own encoders and containers. */

import { Buffer } from "node:buffer";
import {
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  FormatContext,
  Frame,
  Log,
  Packet,
  Rational,
  type Stream,
} from "node-av";
import {
  AV_CHANNEL_LAYOUT_STEREO,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_LOG_QUIET,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_GRAY8,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_RGBA,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV420P10LE,
  AV_PIX_FMT_YUV422P,
  AV_PIX_FMT_YUV422P10LE,
  AV_PIX_FMT_YUV444P,
  AV_PIX_FMT_YUVA420P,
  AV_PIX_FMT_YUVJ420P,
  AV_PKT_DATA_DISPLAYMATRIX,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16P,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVFMT_GLOBALHEADER,
} from "node-av/constants";
import type { AVPixelFormat, FFEncoderCodec } from "node-av/constants";
import type { Size } from "../../core/frame.ts";
import {
  type Coloring,
  type Layout,
  layOut,
  type Plane,
  type Quarters,
  quartersOf,
} from "./patches.ts";

Log.setLevel(AV_LOG_QUIET); // encoders tell of every clip

/** A track of pictures. */
export interface PictureTrack extends Size {
  /** FFmpeg's name of the encoder. */
  readonly codec: string;
  readonly layout: Layout;
  readonly frames: number;
  readonly fps: number;
  /** What the encoder and its header say of colours; absent: BT.601 in limited range, and they say so. */
  readonly coloring?: Partial<Coloring>;
  /** The header says nothing of colours. */
  readonly isUntagged?: boolean;
  /** Shape of a pixel: its width over its height. */
  readonly aspect?: readonly [number, number];
  /** How it is turned to be shown: a display matrix as in ISO/IEC 14496-12, 8.3.2. */
  readonly matrix?: readonly number[];
  /** When frame `index` is shown, in frames; absent: one after the other. */
  readonly when?: (index: number) => number;
  /** What frame `index` shows. */
  readonly picture?: (index: number) => Quarters;
  /** Frames from one key frame to the next. */
  readonly gop?: number;
  /** Options of the encoder. */
  readonly options?: Readonly<Record<string, string>>;
  /** What the track is for beside being shown, such as a cover. */
  readonly disposition?: number;
}

/** A track of a tone on two channels. */
export interface SoundTrack {
  /** FFmpeg's name of the encoder. */
  readonly codec: "aac" | "libmp3lame";
  readonly seconds: number;
}

/** One track of a clip. */
export type Track = PictureTrack | SoundTrack;

/** How a clip is packed. */
export interface Packing {
  /** FFmpeg's name of the container. */
  readonly container: string;
  /** Options of the container. */
  readonly options?: Readonly<Record<string, string>>;
}

const FORMATS: Readonly<Record<Layout, AVPixelFormat>> = {
  yuv420p: AV_PIX_FMT_YUV420P,
  yuv422p: AV_PIX_FMT_YUV422P,
  yuv444p: AV_PIX_FMT_YUV444P,
  yuva420p: AV_PIX_FMT_YUVA420P,
  yuv420p10: AV_PIX_FMT_YUV420P10LE,
  yuv422p10: AV_PIX_FMT_YUV422P10LE,
  gray: AV_PIX_FMT_GRAY8,
  rgb24: AV_PIX_FMT_RGB24,
  rgba: AV_PIX_FMT_RGBA,
};

const SAMPLE_RATE = 44_100;

/** Writes a clip: its tracks in the given order. */
export async function writeClip(
  path: string,
  tracks: readonly Track[],
  packing: Packing,
): Promise<void> {
  await using output = new FormatContext();
  check(output.allocOutputContext2(null, packing.container, path), `pack ${packing.container}`);
  const isGlobal = ((output.oformat?.flags ?? 0) & AVFMT_GLOBALHEADER) !== 0;
  using encoders = new DisposableStack();
  const all = [];
  for (const track of tracks) {
    all.push(encoders.use(await TrackEncoder.open(track, output, isGlobal)));
  }
  check(await output.openOutput(), `write ${path}`);
  check(await output.writeHeader(Dictionary.fromObject({ ...packing.options })), "write a header");
  // In turn, by time: a container that is cut then has of each track what came before.
  for (let open = [...all]; open.length > 0;) {
    const next = open.reduce((a, b) => (b.atMs < a.atMs ? b : a));
    if (!await next.step(output)) open = open.filter((one) => one !== next);
  }
  check(await output.writeTrailer(), "write a trailer");
  await output.closeOutput();
}

/** Encodes one track and writes its packets. */
class TrackEncoder implements Disposable {
  #index = 0;

  private constructor(
    private readonly track: Track,
    private readonly context: CodecContext,
    private readonly stream: Stream,
  ) {}

  static async open(track: Track, output: FormatContext, isGlobal: boolean) {
    const codec = Codec.findEncoderByName(track.codec as FFEncoderCodec);
    if (!codec) throw new Error(`there is no encoder ${track.codec}`);
    const context = new CodecContext();
    context.allocContext3(codec);
    if ("layout" in track) preparePictures(context, track);
    else prepareSound(context, track);
    if (isGlobal) context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    const options = "layout" in track ? track.options ?? {} : {};
    check(await context.open2(codec, Dictionary.fromObject(options)), `encode ${track.codec}`);
    const stream = output.newStream();
    check(stream.codecpar.fromContext(context), "describe a track");
    stream.timeBase = context.timeBase;
    if ("layout" in track) {
      stream.avgFrameRate = new Rational(track.fps, 1);
      if (track.aspect) stream.sampleAspectRatio = new Rational(...track.aspect);
      if (track.disposition !== undefined) stream.disposition = track.disposition as never;
      if (track.matrix) {
        const bytes = Buffer.from(Int32Array.from(track.matrix).buffer);
        stream.codecpar.addCodedSideData(AV_PKT_DATA_DISPLAYMATRIX, bytes);
      }
    }
    return new TrackEncoder(track, context, stream);
  }

  /** When its next frame is shown. */
  get atMs(): number {
    const { num, den } = this.context.timeBase;
    return Number(this.#pts()) * 1000 * num / den;
  }

  /** Encodes one frame more, or what is left; tells whether there is more to come. */
  async step(output: FormatContext): Promise<boolean> {
    const left = this.#index < this.#frames();
    if (left) {
      using frame = this.#frame();
      check(await this.context.sendFrame(frame), "encode a frame");
      this.#index++;
    } else {
      check(await this.context.sendFrame(null), "end a track");
    }
    while (true) {
      using packet = new Packet();
      packet.alloc();
      const got = await this.context.receivePacket(packet);
      if (got === AVERROR_EAGAIN || got === AVERROR_EOF) return left;
      check(got, "encode");
      packet.streamIndex = this.stream.index;
      if (packet.duration === 0n && "layout" in this.track) packet.duration = 1n;
      packet.rescaleTs(this.context.timeBase, this.stream.timeBase);
      check(await output.interleavedWriteFrame(packet), "write a packet");
    }
  }

  [Symbol.dispose](): void {
    this.context.freeContext();
  }

  #frames(): number {
    if ("layout" in this.track) return this.track.frames;
    return Math.ceil(this.track.seconds * SAMPLE_RATE / this.context.frameSize);
  }

  #pts(): bigint {
    const { track } = this;
    if ("layout" in track) return BigInt(track.when?.(this.#index) ?? this.#index);
    return BigInt(this.#index * this.context.frameSize);
  }

  #frame(): Frame {
    const { track, context } = this;
    if (!("layout" in track)) return tone(context, this.#pts());
    const quarters = (track.picture ?? quartersOf)(this.#index);
    const planes = layOut(track.layout, track, quarters, coloringOf(track));
    const frame = new Frame();
    frame.alloc();
    Object.assign(frame, { width: track.width, height: track.height, format: context.pixelFormat });
    check(frame.getBuffer(), "allocate a frame");
    fill(frame, planes);
    frame.timeBase = context.timeBase;
    frame.pts = this.#pts();
    frame.pictType = AV_PICTURE_TYPE_NONE;
    if (!isRgb(track)) {
      frame.colorRange = coloringOf(track).isFull ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
      if (!track.isUntagged) frame.colorSpace = context.colorSpace;
    }
    if (track.aspect) frame.sampleAspectRatio = new Rational(...track.aspect);
    return frame;
  }
}

/**
 * Copies planes into a frame's own. (`Frame.fromVideoBuffer` copies nothing, whatever it says: the
 * frame lies in the buffer, which may be collected while it is encoded.)
 */
function fill(frame: Frame, planes: readonly Plane[]): void {
  for (const [i, { data, rowBytes }] of planes.entries()) {
    const own = frame.data![i]!;
    const lineBytes = frame.linesize[i]!;
    for (let row = 0; row * rowBytes < data.length; row++) {
      own.set(data.subarray(row * rowBytes, (row + 1) * rowBytes), row * lineBytes);
    }
  }
}

const isRgb = ({ layout }: PictureTrack) => layout === "rgb24" || layout === "rgba";

const coloringOf = ({ coloring }: PictureTrack): Coloring => ({
  ...{ matrix: "bt601", isFull: false },
  ...coloring,
});

function preparePictures(context: CodecContext, track: PictureTrack): void {
  const { width, height, fps, gop = 10, aspect } = track;
  const { matrix, isFull } = coloringOf(track);
  context.width = width;
  context.height = height;
  const isJpeg = track.codec === "mjpeg" && track.layout === "yuv420p";
  context.pixelFormat = isJpeg ? AV_PIX_FMT_YUVJ420P : FORMATS[track.layout];
  context.timeBase = new Rational(1, fps);
  context.framerate = new Rational(fps, 1);
  context.gopSize = gop;
  context.maxBFrames = 0;
  context.threadCount = 1;
  if (aspect) context.sampleAspectRatio = new Rational(...aspect);
  if (isRgb(track)) return;
  context.colorRange = isFull ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  if (!track.isUntagged) {
    context.colorSpace = matrix === "bt709" ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
  }
}

function prepareSound(context: CodecContext, { codec }: SoundTrack): void {
  context.sampleFormat = codec === "aac" ? AV_SAMPLE_FMT_FLTP : AV_SAMPLE_FMT_S16P;
  context.sampleRate = SAMPLE_RATE;
  context.channelLayout = AV_CHANNEL_LAYOUT_STEREO;
  context.timeBase = new Rational(1, SAMPLE_RATE);
  context.bitRate = 64_000n;
}

function tone(context: CodecContext, pts: bigint): Frame {
  const { frameSize, sampleFormat } = context;
  const wave = Float64Array.from(
    { length: frameSize },
    (_, i) => 0.3 * Math.sin(i * 0.06),
  );
  const samples = sampleFormat === AV_SAMPLE_FMT_FLTP
    ? Float32Array.from(wave)
    : Int16Array.from(wave, (value) => value * 32_767);
  const frame = new Frame();
  frame.alloc();
  Object.assign(frame, { nbSamples: frameSize, format: sampleFormat, sampleRate: SAMPLE_RATE });
  frame.channelLayout = AV_CHANNEL_LAYOUT_STEREO;
  check(frame.getBuffer(), "allocate samples");
  const data = new Uint8Array(samples.buffer);
  fill(frame, [1, 2].map(() => ({ data, rowBytes: data.length })));
  frame.timeBase = new Rational(1, SAMPLE_RATE);
  frame.pts = pts;
  return frame;
}

function check(result: number, doing: string): void {
  FFmpegError.throwIfError(result, `Cannot ${doing}`);
}
