/** CPU of a frame that the motion gate looks at, beyond that of decoding it. */

import { join } from "node:path";
import type { Frame } from "../../core/frame.ts";
import { MotionGate } from "../../edge/filter/motion_gate.ts";
import { writeSample } from "../../street/sample_writer.ts";
import { STREET_DEFAULTS } from "../../street/options.ts";
import { Meter } from "../meter.ts";
import { framesOf, GATE, NOTHING } from "./frames.ts";

const SIZES = [{ width: 768, height: 432 }, { width: 1920, height: 1080 }];
const FRAMES = 400;
const ROUNDS = 5;

/** Frames after which code is compiled. */
const WARM_UP = 100;

/** Measures, in turn with and without, and tells the median of the rounds. */
export async function cost(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "smarteye_filter_" });
  for (const size of SIZES) {
    const path = join(folder, `${size.height}.mp4`);
    await writeSample(path, { ...STREET_DEFAULTS, ...size, frames: FRAMES, traffic: 0.2 });
    const differences: number[] = [];
    let decoding = 0;
    for (let round = 0; round < ROUNDS; round++) {
      decoding = await cpuMs(path, () => Promise.resolve());
      const gate = new MotionGate(GATE);
      const looking = await cpuMs(path, async (frame) => {
        const { skip } = await gate.look(frame);
        if (skip === undefined) gate.settled(frame.index, NOTHING);
      });
      differences.push(looking - decoding);
    }
    const sorted = differences.sort((a, b) => a - b).map((ms) => ms.toFixed(2));
    console.log(
      `${size.width}×${size.height}: ${sorted[ROUNDS >> 1]} ms of CPU a frame (${sorted[0]} to ` +
        `${sorted.at(-1)} in ${ROUNDS} rounds), beyond ${decoding.toFixed(2)} ms for decoding`,
    );
  }
  await Deno.remove(folder, { recursive: true });
}

/** CPU milliseconds a frame, of all threads. */
async function cpuMs(path: string, look: (frame: Frame) => Promise<void>): Promise<number> {
  let meter = new Meter();
  let frames = 0;
  for await (const frame of framesOf(path)) {
    if (frame.index === WARM_UP + 1) [meter, frames] = [new Meter(), 0];
    await look(frame);
    frames++;
  }
  return meter.cost(frames).cpuMs / frames;
}
