/** `smarteye filter learn` and `edge --filter`, as a user calls them: on a street that is rendered for it. */

import assert from "node:assert/strict";
import { readLearned } from "../edge/filter/learned_file.ts";
import type { FrameRecord } from "../edge/record.ts";
import { Folder } from "./fakes/folder.ts";
import { program } from "./fakes/program.ts";

const FRAMES = 40;
const MODEL = "smarteye_street";

/** No models but those that come along. */
const env = (folder: Folder) => ({ SMARTEYE_MODELS: folder.path });

async function street(folder: Folder, name: string, ...more: string[]): Promise<string> {
  const path = folder.file(name);
  const size = ["--width", "320", "--height", "180", "--fps", "10", "--frames", `${FRAMES}`];
  const { code, stderr } = await program(["sample", path, ...size, "--quiet", ...more]);
  assert.equal(code, 0, stderr);
  return path;
}

async function analysed(folder: Folder, video: string, ...more: string[]) {
  const line = ["edge", "-f", video, "--out", folder.file("out"), "--overwrite", "--no-images"];
  const policy = ["--policy", "always_local_fastest_model", "--json", "--quiet"];
  const { code, stdout, stderr } = await program([...line, ...policy, ...more], env(folder));
  assert.equal(code, 0, stderr);
  const lines = Deno.readTextFileSync(folder.file("out/results.jsonl")).trim().split("\n");
  const records = lines.map((line): FrameRecord => JSON.parse(line))
    .filter(({ outcome }) => outcome !== undefined);
  return { summary: JSON.parse(stdout), records };
}

Deno.test("filter learn: what was learned is told and written, and an edge goes by it", async () => {
  await using folder = new Folder();
  const video = await street(folder, "door.mp4");
  const out = folder.file("door.filter.json");
  const { code, stdout, stderr } = await program(
    ["filter", "learn", "-f", video, "-o", out, "--accuracy", "0.6"],
    env(folder),
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, /│ +chosen +│/);
  assert.match(stdout, new RegExp(`^${FRAMES} frames, \\d+ of them with something in them`, "m"));
  const { from, target, expected } = readLearned(out);
  assert.deepEqual(from, {
    ...{ video: "door.mp4", model: MODEL, frames: FRAMES, width: 320, height: 180, fps: 10 },
    smarteye: from.smarteye,
  });
  assert.ok(target === 0.6 && expected.inferred < 0.6 && expected.judgedAccuracy >= 0.7);
  const { summary, records } = await analysed(folder, video, "--filter", out);
  assert.ok(summary.frames.filtered > 0, JSON.stringify(summary.frames));
  assert.equal(summary.frames.local + summary.frames.filtered, FRAMES);
  for (const { outcome, detail, inferred } of records) {
    if (outcome !== "filtered") continue;
    assert.match(detail!, /^(little has changed|nothing moves)$/);
    assert.equal(inferred, false);
  }
});

Deno.test("filter learn: where nothing is good enough, it says so with what it saw, and writes nothing", async () => {
  await using folder = new Folder();
  const video = await street(folder, "door.mp4");
  const out = folder.file("door.filter.json");
  const { code, stdout, stderr } = await program(
    ["filter", "learn", "-f", video, "-o", out, "--frames", "20"],
    { ...env(folder), SMARTEYE_MODELS_SCORE_THRESHOLD: "1" },
  );
  assert.equal(code, 1);
  assert.match(stdout, /│ pixel +│/);
  assert.match(
    stderr,
    /Cannot learn a filter from .*the model finds nothing in any of the 20 frames/,
  );
  assert.throws(() => readLearned(out), /no such file/);
  const wrong = await program(["filter", "learn", "-f", video, "--from", "5", "--to", "3"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /--to: found the second 3, wanted one after that of --from, 5/);
});

Deno.test("edge --filter motion: of a street with nobody in it, few frames are inferred", async () => {
  await using folder = new Folder();
  const video = await street(folder, "empty.mp4", "--traffic", "0");
  const { summary, records } = await analysed(folder, video, "--filter", "motion");
  const { local, filtered } = summary.frames;
  assert.ok(local <= 5 && local + filtered === FRAMES, JSON.stringify(summary.frames));
  assert.equal(records[0]!.outcome, "local");
  let last = records[0]!;
  for (const record of records) {
    const { outcome, detail, decision, detections } = record;
    if (outcome === "local") last = record;
    else {
      assert.deepEqual([outcome, detail, decision], ["filtered", "nothing moves", null]);
      const labels = (of: FrameRecord) => of.detections?.map(({ label }) => label);
      assert.deepEqual(labels(record), labels(last), "what was found is carried on");
      assert.ok(detections);
    }
  }
});
