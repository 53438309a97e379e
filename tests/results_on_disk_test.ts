/** What a run leaves on disk when the disk, the directory or the process ends before it: whole or nothing. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "../core/clock.ts";
import { EncodedImage } from "../core/image.ts";
import { seededRng } from "../core/rng.ts";
import type { FrameRecord } from "../edge/record.ts";
import type { Summary } from "../edge/statistics.ts";
import { testWhere } from "./fakes/data.ts";
import { Folder } from "./fakes/folder.ts";
import { Program, type Ran } from "./fakes/program.ts";
import { testOnSmallDisk } from "./fakes/small_disk.ts";

const IMAGE = /^frame_(\d{6})\.jpg$/;

/** An edge that renders and infers a small street, up to 20,000 frames, into a directory. */
function edge(out: string, args: readonly string[] = [], under: readonly string[] = []): Program {
  const source = "synthetic:?width=320&height=240&frames=20000";
  const policy = ["--policy", "always_local_fastest_model"];
  const all = ["edge", "-f", source, ...policy, "--out", out, "--json", ...args];
  return new Program(all, {}, undefined, under);
}

/** What is in the directory, each of it whole. */
async function found(out: string) {
  const names = [...Deno.readDirSync(out)].map(({ name }) => name).sort();
  const text = Deno.readTextFileSync(join(out, "results.jsonl"));
  assert.ok(text === "" || text.endsWith("\n"), `it ends in half a line: ${text.slice(-200)}`);
  const lines: FrameRecord[] = text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  const frames = lines.filter((line) => !("event" in line)).map(({ frame }) => frame);
  assert.deepEqual(frames, frames.map((_, i) => i + 1), "frames from 1, without gaps");
  const images: number[] = [];
  for (const name of names) {
    const [, frame] = IMAGE.exec(name) ?? [];
    if (frame === undefined) continue;
    images.push(Number(frame));
    const image = await EncodedImage.open(Deno.readFileSync(join(out, name)), { pixelsMax: 1e6 });
    assert.equal((await image.rgb()).data.length, 320 * 240 * 3, name);
  }
  const summary: Summary | undefined = names.includes("summary.json")
    ? JSON.parse(Deno.readTextFileSync(join(out, "summary.json")))
    : undefined;
  return { names, frames, lines, images, summary };
}

/** Waits until so many lines are there. */
async function lines(out: string, wanted: number): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await systemClock.sleep(5)) {
    const text = await Deno.readTextFile(join(out, "results.jsonl")).catch(() => "");
    if (text.split("\n").length > wanted) return;
  }
  throw new Error(`there were never ${wanted} lines in ${out}`);
}

/** One clear message, and the run's numbers on stdout all the same. */
function endedWith({ code, stdout, stderr }: Ran, message: RegExp): Summary {
  assert.equal(code, 1, stderr);
  assert.match(stderr, message);
  assert.equal(stderr.match(/^error: /gm)?.length, 1, stderr);
  assert.doesNotMatch(stderr, /^\s+at .*:\d+|Uncaught/m);
  const summary: Summary = JSON.parse(stdout);
  const { captured, ...outcomes } = summary.frames;
  assert.equal(Object.values(outcomes).reduce((sum, count) => sum + count, 0), captured);
  return summary;
}

/** What a run has beside its images. */
const OTHERS = ["events", "events.jsonl", "results.jsonl", "summary.json"];

testOnSmallDisk(
  "a disk that is filled by images keeps whole ones, whole lines and the summary",
  async (disk) => {
    const out = disk.file("run");
    await using program = edge(out);
    const summary = endedWith(await program.ran(), /^error: Cannot write ".*": No space left/m);
    const { names, frames, images, summary: stored } = await found(out);
    assert.deepEqual(stored, summary);
    assert.match(summary.error!, /^Cannot write ".*": No space left/);
    assert.ok(images.length > 20 && frames.length >= 20, `${images.length}, ${frames.length}`);
    assert.ok(frames.length <= summary.frames.captured && images.length <= summary.frames.local);
    assert.ok(summary.frames.captured < 20_000, "the run ended early");
    const others = names.filter((name) => !IMAGE.test(name));
    assert.deepEqual(others, OTHERS, "nothing half is left");
  },
);

testOnSmallDisk(
  "a disk that somebody else fills keeps whole lines and the summary",
  async (disk) => {
    const out = disk.file("run");
    await using program = edge(out, ["--no-images"]);
    await lines(out, 50);
    await disk.fill();
    const full = /^error: Cannot write ".*": No space left/m;
    const summary = endedWith(await program.ran(), full);
    const { names, frames, summary: stored } = await found(out);
    assert.deepEqual(stored, summary);
    assert.match(summary.error!, /No space left/);
    assert.ok(frames.length >= 50 && frames.length < summary.frames.captured);
    assert.deepEqual(names, OTHERS);
  },
);

Deno.test("a directory that is removed while the run goes on ends it, with and without images", async () => {
  for (const args of [[], ["--no-images"]]) {
    await using folder = new Folder();
    const out = folder.file("run");
    await using program = edge(out, args);
    await lines(out, 20);
    await Deno.rename(out, folder.file("away")); // in one go: a file that is written meanwhile is no excuse
    await Deno.remove(folder.file("away"), { recursive: true });
    const ran = await program.ran();
    endedWith(ran, /^error: Cannot write ".*": .*(No such file|it was removed)/m);
    assert.match(ran.stderr, /Cannot write ".*summary\.json": /);
    assert.deepEqual(folder.names(), []);
  }
});

const isRoot = Deno.build.os !== "windows" && Deno.uid() === 0;
/** Root may write everywhere, unless it gives that right away. */
const UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
const under = isRoot ? UNPRIVILEGED : [];
const canBeRefused = Deno.build.os !== "windows" &&
  (!isRoot || await new Deno.Command(under[0]!, { args: [...under.slice(1), "true"] }).output()
    .then(({ success }) => success, () => false));

testWhere(
  "a directory can be made read-only",
  canBeRefused,
  "a directory that may no longer be written ends the run, and what there was is whole",
  async () => {
    await using folder = new Folder();
    const out = folder.file("run");
    await using program = edge(out, [], under);
    await lines(out, 20);
    await Deno.chmod(out, 0o555);
    try {
      const ran = await program.ran();
      endedWith(ran, /^error: Cannot write ".*frame_\d+\.jpg": Permission denied/m);
      assert.match(ran.stderr, /Cannot write ".*summary\.json": Permission denied/);
      const { frames, images, summary } = await found(out);
      assert.ok(frames.length >= 20 && images.length > 0);
      assert.equal(summary, undefined);
    } finally {
      await Deno.chmod(out, 0o755);
    }
  },
);

Deno.test("a run that is killed leaves whole lines and whole images, up to its last moments", async () => {
  const rng = seededRng(9);
  const seen: number[] = [];
  for (let kill = 0; kill < 6; kill++) {
    await using folder = new Folder();
    const out = folder.file("run");
    await using program = edge(out);
    await lines(out, 1 + Math.floor(rng() * 200));
    program.kill("SIGKILL");
    await program.ran();
    const { frames, images, summary } = await found(out);
    assert.equal(summary, undefined, "it did not end");
    // Images wait for lines of their frames nowhere: what is missing was settled in the last moments.
    assert.ok(Math.max(0, ...images) - frames.length < 20, `${frames.length} and ${images.at(-1)}`);
    seen.push(frames.length);
  }
  assert.ok(Math.max(...seen) > 50, `frames when it was killed: ${seen}`);
});
