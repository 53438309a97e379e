/** An hour of a camera that looks at an empty street: how many frames are inferred. */

import { join } from "node:path";
import type { Frame } from "../../core/frame.ts";
import { MotionGate } from "../../edge/filter/motion_gate.ts";
import { writeSample } from "../../street/sample_writer.ts";
import { emptyStreet, framesOf, GATE, NOTHING } from "./frames.ts";

const SIZE = { width: 640, height: 360 };
const HOUR = { fps: 5, frames: 3600 * 5, seed: 77 };

/** Looks at it as it is rendered, and coded as H.264 with a keyframe each second. */
export async function still(): Promise<void> {
  tell("as it is", await passed(emptyStreet(SIZE, HOUR)));
  const folder = await Deno.makeTempDir({ prefix: "smarteye_filter_" });
  const path = join(folder, "hour.mp4");
  await writeSample(path, { ...SIZE, ...HOUR, traffic: 0 });
  tell("coded", await passed(framesOf(path)));
  await Deno.remove(folder, { recursive: true });
}

async function passed(frames: AsyncIterable<Frame>): Promise<number> {
  const gate = new MotionGate(GATE);
  let passed = 0;
  for await (const frame of frames) {
    const { skip } = await gate.look(frame);
    if (skip !== undefined) continue;
    gate.settled(frame.index, NOTHING);
    passed++;
  }
  return passed;
}

function tell(what: string, passed: number): void {
  const share = (100 * passed / HOUR.frames).toFixed(2);
  console.log(`${what}: ${passed} of ${HOUR.frames} frames are inferred, ${share} %`);
}
