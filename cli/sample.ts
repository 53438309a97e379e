/** `smarteye sample`: the rendered street as a video file, with its truth beside it. */

import { logger } from "../core/log.ts";
import type { ExitStatus, RoleDeps } from "../core/role.ts";
import type { StreetOptions } from "../street/options.ts";
import { writeSample } from "../street/sample_writer.ts";

const log = logger("sample");

/** Writes the sample. @throws {SmarteyeError} when it cannot be written. */
export async function run(
  { path, scene, json }: { path: string; scene: StreetOptions; json: boolean },
  { progress, drain, print }: RoleDeps,
): Promise<ExitStatus> {
  const show = (done: number, total: number) => progress?.(`rendering ${done}/${total} frames`);
  const sample = await writeSample(path, scene, show, drain);
  log.info("{frames} frames in {video}, the boxes of their objects in {truth}", {
    frames: sample.frames,
    video: sample.videoPath,
    truth: sample.truthPath,
  });
  if (json) print(JSON.stringify(sample));
  return 0;
}
