/** What no edge can do without, each by itself: decoding and scaling in FFmpeg, and the network. */

import * as ort from "onnxruntime-node";
import { Codec, CodecContext, FormatContext, Frame, Packet, SoftwareScaleContext } from "node-av";
import { AV_PIX_FMT_RGB24, AVMEDIA_TYPE_VIDEO, SWS_BILINEAR } from "node-av/constants";
import type { Size } from "../core/frame.ts";
import type { CatalogueEntry } from "../models/catalogue.ts";
import { type Cost, Meter } from "./meter.ts";

Deno.env.set("ORT_DISABLE_TELEMETRY", "1"); // as inference/network/session.ts does

/** Runs of the network that are not measured: memory is laid out in the first of them. */
const RUNS_BEFORE = 30;

/** Runs that are. */
const RUNS = 200;

/** Decodes a video with one thread and scales each frame to `to` as RGB, twice; the second is measured. */
export function decodeAndScale(video: string, to: Size): Cost {
  decodeOnce(video, to);
  const meter = new Meter();
  return meter.cost(decodeOnce(video, to));
}

/** @returns the frames. */
function decodeOnce(video: string, to: Size): number {
  const input = new FormatContext();
  using opened = new DisposableStack();
  opened.defer(() => input.closeInputSync());
  check("open", input.openInputSync(video));
  check("look into", input.findStreamInfoSync());
  const place = input.findBestStream(AVMEDIA_TYPE_VIDEO);
  check("find pictures in", place);
  const { codecpar } = input.streams[place]!;
  using codec = new CodecContext();
  const decoder = Codec.findDecoder(codecpar.codecId);
  codec.allocContext3(decoder);
  codec.parametersToContext(codecpar);
  codec.threadCount = 1;
  check("decode", codec.open2Sync(decoder));
  using scaler = new SoftwareScaleContext();
  using packet = new Packet();
  using frame = new Frame();
  using scaled = new Frame();
  for (const each of [packet, frame, scaled]) each.alloc();
  scaled.width = to.width;
  scaled.height = to.height;
  scaled.format = AV_PIX_FMT_RGB24;
  scaled.allocBuffer();
  let frames = 0;
  const takeFrames = () => {
    for (; codec.receiveFrameSync(frame) >= 0; frames++) {
      if (frames === 0) {
        const { width, height } = frame;
        const flags = SWS_BILINEAR;
        const format = frame.format as typeof AV_PIX_FMT_RGB24;
        scaler.getContext(width, height, format, to.width, to.height, AV_PIX_FMT_RGB24, flags);
      }
      check("scale", scaler.scaleFrameSync(scaled, frame));
      frame.unref();
    }
  };
  while (input.readFrameSync(packet) >= 0) {
    if (packet.streamIndex === place) {
      check("decode", codec.sendPacketSync(packet));
      takeFrames();
    }
    packet.unref();
  }
  codec.sendPacketSync(null);
  takeFrames();
  return frames;
}

/** Runs the network on one thread, on one and the same tensor. */
export async function runNetwork({ manifest, path }: CatalogueEntry): Promise<Cost> {
  const { width, height } = manifest.input;
  const session = await ort.InferenceSession.create(await Deno.readFile(path), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const data = new Float32Array(3 * width * height);
  const feeds = {
    [session.inputNames[0]!]: new ort.Tensor("float32", data, [1, 3, height, width]),
  };
  for (let i = 0; i < RUNS_BEFORE; i++) await session.run(feeds);
  const meter = new Meter();
  for (let i = 0; i < RUNS; i++) await session.run(feeds);
  const cost = meter.cost(RUNS);
  await session.release();
  return cost;
}

function check(what: string, result: number): void {
  if (result < 0) throw new Error(`Cannot ${what} the video: FFmpeg says ${result}`);
}
