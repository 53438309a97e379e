/**
 * Motion vectors of the decoder as a sign of movement: what they cost, what they report where nothing
 * moves, and what they miss where something does.
 */

import { join } from "node:path";
import { Codec, CodecContext, Dictionary, type Frame, Frame as AvFrame } from "node-av";
import { Demuxer } from "node-av/api";
import { AV_FRAME_DATA_MOTION_VECTORS } from "node-av/constants";
import { iou } from "../../core/detection.ts";
import type { Box } from "../../core/detection.ts";
import { STREET_DEFAULTS } from "../../street/options.ts";
import { writeSample } from "../../street/sample_writer.ts";
import { Meter } from "../meter.ts";

const SCENE = { ...STREET_DEFAULTS, width: 768, height: 432, frames: 500, seed: 91 };

/** Bytes of an AVMotionVector (libavutil/motion_vector.h), and where its fields lie. */
const BYTES = 40;
const FIELD = { x: 10, y: 12, motionX: 24, motionY: 28, scale: 32 };

/** Pixels that a block has moved at least. */
const MOVED = [0.5, 1, 2];

/** Where the middle of a block is, and how far it moved. */
interface Vector {
  readonly x: number;
  readonly y: number;
  readonly moved: number;
}

/** Tells what vectors are worth on the street as our own samples are coded. */
export async function vectors(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "smarteye_filter_" });
  const at = (name: string) => join(folder, name);
  await writeSample(at("empty.mp4"), { ...SCENE, traffic: 0 });
  const busy = await writeSample(at("busy.mp4"), { ...SCENE, traffic: 0.3 });
  const plain = await decode(at("busy.mp4"), false);
  const exported = await decode(at("busy.mp4"), true);
  console.log(
    `cost: ${(exported.cpuMs - plain.cpuMs).toFixed(2)} ms of CPU a frame, beyond ` +
      `${plain.cpuMs.toFixed(2)} ms for decoding`,
  );
  const still = (await decode(at("empty.mp4"), true)).frames;
  for (const least of MOVED) {
    const alarms = still.filter((frame) => frame?.some(({ moved }) => moved >= least)).length;
    console.log(
      `an empty street: in ${alarms} of ${still.length} frames a block moves ${least} px`,
    );
  }
  const none = exported.frames.filter((frame) => frame === undefined).length;
  console.log(`keyframes, which have none: ${none} of ${exported.frames.length}`);
  await tellMissed(busy.truthPath, exported.frames);
  await Deno.remove(folder, { recursive: true });
}

/** Of things that have moved since the frame before, how many have a vector within. */
async function tellMissed(
  truthPath: string,
  frames: readonly (readonly Vector[] | undefined)[],
): Promise<void> {
  const lines = (await Deno.readTextFile(truthPath)).trim().split("\n");
  const truth: readonly (readonly { box: Box }[])[] = lines.map((line) => JSON.parse(line).objects);
  for (const least of MOVED) {
    let [moving, found] = [0, 0];
    for (let at = 1; at < frames.length; at++) {
      for (const { box } of truth[at]!) {
        const before = truth[at - 1]!.find((other) => iou(box, other.box) > 0.5)?.box;
        if (!before || Math.abs(box[0] - before[0]) < 1) continue;
        moving++;
        const [x1, y1, x2, y2] = box;
        const isIn = ({ x, y, moved }: Vector) =>
          moved >= least && x >= x1 && x < x2 && y >= y1 && y < y2;
        if (frames[at]?.some(isIn)) found++;
      }
    }
    console.log(`things that move: ${found} of ${moving} have a block that moves ${least} px`);
  }
}

/** Decodes a file. @returns for each frame its vectors; of one that has none, `undefined` */
async function decode(path: string, isExported: boolean) {
  await using demuxer = await Demuxer.open(path);
  const stream = demuxer.video()!;
  const context = new CodecContext();
  const codec = Codec.findDecoder(stream.codecpar.codecId)!;
  context.allocContext3(codec);
  context.parametersToContext(stream.codecpar);
  context.threadCount = 1; // one after the other, as a live source is decoded
  await context.open2(codec, Dictionary.fromObject(isExported ? { flags2: "+export_mvs" } : {}));
  const frames: (readonly Vector[] | undefined)[] = [];
  const meter = new Meter();
  const fetch = () => {
    for (;;) {
      const frame = new AvFrame();
      frame.alloc();
      const code = context.receiveFrameSync(frame);
      if (code >= 0) frames.push(isExported ? vectorsOf(frame) : undefined);
      frame.free();
      if (code < 0) return;
    }
  };
  for await (const packet of demuxer.packets(stream.index)) {
    await context.sendPacket(packet);
    fetch();
    packet?.free();
  }
  const cpuMs = meter.cost(frames.length).cpuMs / frames.length;
  context.freeContext();
  return { frames, cpuMs };
}

function vectorsOf(frame: Frame): readonly Vector[] | undefined {
  const data = frame.getSideData(AV_FRAME_DATA_MOTION_VECTORS);
  if (!data) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: Math.floor(data.byteLength / BYTES) }, (_, i) => {
    const at = i * BYTES;
    const motion = Math.hypot(
      view.getInt32(at + FIELD.motionX, true),
      view.getInt32(at + FIELD.motionY, true),
    );
    return {
      x: view.getInt16(at + FIELD.x, true),
      y: view.getInt16(at + FIELD.y, true),
      moved: motion / view.getUint16(at + FIELD.scale, true),
    };
  });
}
