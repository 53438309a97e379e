/** What goes wrong, as a user sees it: one clear message, the right exit status, results kept. */

import assert from "node:assert/strict";
import { writeSample } from "../street/sample_writer.ts";
import { testWithDevFull } from "./fakes/data.ts";
import { Folder } from "./fakes/folder.ts";
import { Program, program, type Ran } from "./fakes/program.ts";
import { HEARS_SIGHUP } from "./fakes/signals.ts";
import { addModel } from "./fakes/tiny_model.ts";

/** A folder with models, a short video, and what is wrong in different ways. */
async function world(): Promise<Folder> {
  const folder = new Folder();
  addModel(folder);
  const scene = { width: 64, height: 64, fps: 10, seed: 1, frames: 60 };
  await writeSample(folder.file("good.mp4"), scene);
  const video = await Deno.readFile(folder.file("good.mp4"));
  folder.write("truncated.mp4", video.subarray(0, video.length / 2));
  folder.write("text.mp4", "this is no video\n".repeat(100));
  await Deno.mkdir(folder.file("empty"));
  folder.write("throws_on_load.ts", `throw new Error("no such luck");`);
  folder.write(
    "throws_at_20.ts",
    `export default function throwsAt20({ frame, local }) {
       if (frame.index === 20) throw new Error("I give up");
       return { place: "local", model: local.models[0].name, reason: "" };
     }`,
  );
  return folder;
}

const env = (folder: Folder) => ({
  SMARTEYE_MODELS: folder.path,
  XDG_CACHE_HOME: folder.file("cache"),
});

/** One clear message and nothing else that looks like a crash. */
function refusesClearly({ code, stderr }: Ran, status: number, message: RegExp): void {
  assert.equal(code, status, stderr);
  assert.match(stderr, message);
  assert.equal(stderr.match(/^error: /gm)?.length, 1, stderr);
  assert.doesNotMatch(stderr, /^\s+at .*:\d+|Uncaught|\bTypeError\b/m);
}

const HERE = ["--policy", "always_local_fastest_model"];

const CASES: readonly (readonly [
  name: string,
  args: (folder: Folder) => string[],
  status: number,
  message: RegExp,
])[] = [
  [
    "a missing file",
    (f) => ["edge", "-f", f.file("gone.mp4")],
    2,
    /--file: found no file .*gone\.mp4/,
  ],
  [
    "a folder without images",
    (f) => ["edge", "-f", f.file("empty")],
    2,
    /there are 0 entries and no image or video/,
  ],
  [
    "a truncated video",
    (f) => ["edge", "-f", f.file("truncated.mp4")],
    1,
    /Cannot read .*truncated\.mp4/,
  ],
  [
    "a text file named .mp4",
    (f) => ["edge", "-f", f.file("text.mp4")],
    1,
    /Cannot read .*text\.mp4/,
  ],
  [
    "an unknown policy",
    (f) => ["edge", "-f", f.file("good.mp4"), "--policy", "always_cloudy"],
    2,
    /--policy: found the unknown policy "always_cloudy", wanted one of .*threshold_offload_policy/,
  ],
  [
    "a policy module that throws as it is loaded",
    (f) => ["edge", "-f", f.file("good.mp4"), "--policy", f.file("throws_on_load.ts")],
    2,
    /Cannot load the control policy .*no such luck/,
  ],
  [
    "results that cannot be written",
    (f) => ["edge", "-f", f.file("good.mp4"), ...HERE, "--out", f.file("good.mp4/results")],
    1,
    /Cannot write .*good\.mp4\/results/,
  ],
  [
    "an unknown model",
    (f) => ["edge", "-f", f.file("good.mp4"), "--model", "nonesuch", "--out", f.file("out")],
    2,
    /Cannot find the model "nonesuch".*tiny/,
  ],
  [
    "a model for something else",
    (f) => ["edge", "-f", f.file("good.mp4"), "--model", "tiny", "-s", "classification"],
    2,
    /Cannot use the model "tiny" for classification: it does detection/,
  ],
  [
    "a forwarder's URL without its path",
    (f) => ["edge", "-f", f.file("good.mp4"), "--forwarder", "http://127.0.0.1:5000"],
    2,
    /--forwarder: found .* \(did you mean "http:\/\/127\.0\.0\.1:5000\/image_handler"\?\)$/m,
  ],
  [
    "a video without its flag",
    (f) => ["edge", f.file("good.mp4")],
    2,
    /Cannot use the argument .*: "smarteye edge" takes none, -f .*good\.mp4 is wanted$/m,
  ],
  [
    "results of an earlier run in the way",
    (f) => ["edge", "-f", f.file("good.mp4"), ...HERE, "--out", f.path],
    1,
    /Cannot write to ".*": it holds .* more, an empty or a new directory is wanted$/m,
  ],
  [
    "an address that is not ours",
    () => ["forward", "--listen", "192.0.2.1:0"],
    2,
    /Cannot listen on 192\.0\.2\.1/,
  ],
  [
    "an unknown model to serve",
    () => ["serve", "--models", "tini"],
    2,
    /Cannot find the model "tini".*did you mean tiny\?/,
  ],
  [
    "an accelerator that is not there",
    () => ["serve", "--gpu", "7"],
    1,
    /Cannot use accelerator 7: cuda:7/,
  ],
];

Deno.test("each thing that is wrong is said in one clear message", async (t) => {
  await using folder = await world();
  for (const [name, args, status, message] of CASES) {
    await t.step(name, async () => {
      refusesClearly(await program(args(folder), env(folder)), status, message);
    });
  }
});

Deno.test("a port in use is said by both servers", async () => {
  await using folder = await world();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
  for (const role of ["forward", "serve"]) {
    const ran = await program([role, "--listen", address], env(folder));
    refusesClearly(ran, 1, new RegExp(`Cannot listen on ${address}`));
  }
});

Deno.test("weights that are not the manifest's are refused, and other models serve on", async () => {
  await using folder = await world();
  const { path } = addModel(folder, { name: "changed" });
  await Deno.writeTextFile(path, "changed", { append: true });
  const args = [
    "edge",
    "-f",
    folder.file("good.mp4"),
    ...HERE,
    "--out",
    folder.file("out"),
    "--json",
  ];
  const alone = await program([...args, "--model", "changed"], env(folder));
  refusesClearly(
    alone,
    1,
    /Cannot load the model "changed" .*sha256 is [0-9a-f]{64}, [0-9a-f]{64} is wanted/,
  );

  const { code, stdout, stderr } = await program(args, env(folder));
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout).models, { tiny: 60 });
  assert.match(stderr, /"changed" .*sha256/);

  await using server = new Program(["serve", "--listen", "127.0.0.1:0", "--json"], env(folder));
  await server.address();
  await server.tells(/listening on .* with tiny,/);
});

Deno.test("an unreachable forwarder is said, and the frames are inferred here", async () => {
  await using folder = await world();
  const { code, stdout, stderr } = await program([
    "edge",
    "-f",
    folder.file("good.mp4"),
    "--policy",
    "always_cloud_lowest_delay",
    "--forwarder",
    "http://127.0.0.1:9/image_handler",
    "--out",
    folder.file("out"),
    "--json",
  ], env(folder));
  assert.equal(code, 0, stderr);
  const { frames, fallbacks, bytes } = JSON.parse(stdout);
  assert.deepEqual([frames.local, fallbacks, frames.failed, bytes.up], [60, 60, 0, 0]);
  assert.match(stderr, /Cannot offload to http:\/\/127\.0\.0\.1:9\/.*ECONNREFUSED/);
});

Deno.test("a policy that throws at a frame ends the run, and the results up to there are kept", async () => {
  await using folder = await world();
  const ran = await program([
    "edge",
    "-f",
    folder.file("good.mp4"),
    "--policy",
    folder.file("throws_at_20.ts"),
    "--out",
    folder.file("out"),
    "--json",
  ], env(folder));
  refusesClearly(ran, 1, /Cannot decide about frame 20 with the policy "throwsAt20": I give up/);
  const { frames, error } = JSON.parse(ran.stdout);
  assert.deepEqual([frames.captured, frames.local, frames.failed], [20, 19, 1]);
  assert.match(error, /I give up/);
  const lines = (await Deno.readTextFile(folder.file("out/results.jsonl"))).trimEnd().split("\n");
  assert.equal(lines.length, 20);
});

testWithDevFull("a disk that is full ends the run with one message", async () => {
  await using folder = await world();
  await Deno.mkdir(folder.file("out"));
  await Deno.symlink("/dev/full", folder.file("out/results.jsonl"));
  // The link is no file of a run's, so it stays.
  const to = ["--out", folder.file("out"), "--overwrite"];
  const args = ["edge", "-f", folder.file("good.mp4"), ...HERE, ...to];
  refusesClearly(
    await program(args, env(folder)),
    1,
    /Cannot write .*results\.jsonl.*[Nn]o space left/,
  );
});

Deno.test("the stack is shown to whoever asks for it", async () => {
  await using folder = await world();
  const { code, stderr } = await program(
    ["edge", "-f", folder.file("text.mp4"), "--log-level", "debug"],
    env(folder),
  );
  assert.equal(code, 1);
  assert.match(stderr, /^\s+at /m);
});

Deno.test("of several sources one that fails ends no other, and each has a directory", async () => {
  await using folder = await world();
  const files = ["good.mp4", "text.mp4", "good.mp4"].flatMap((name) => ["-f", folder.file(name)]);
  const args = ["edge", ...files, ...HERE, "--out", folder.file("out"), "--json"];
  const { code, stdout, stderr } = await program(args, env(folder));
  assert.equal(code, 1, stderr);
  assert.match(stderr, /edge: text: Cannot read .*text\.mp4/);
  assert.match(stderr, /edge: good_2: 60 frames: 60 here, /);
  const { sources, frames } = JSON.parse(stdout);
  assert.deepEqual(
    ["good", "text", "good_2"].map((name) => sources[name].frames.local),
    [60, 0, 60],
  );
  assert.equal(frames.captured, 120);
  assert.deepEqual(folder.names("out"), ["good", "good_2", "text"]);
  for (const [name, images] of [["good", 60], ["good_2", 60], ["text", 0]] as const) {
    const summary = JSON.parse(Deno.readTextFileSync(folder.file(`out/${name}/summary.json`)));
    assert.deepEqual(summary, sources[name]);
    const others = folder.names(`out/${name}`).filter((one) => !one.startsWith("frame_"));
    const snapshots = images > 0 ? ["events"] : [];
    const wanted = [...snapshots, "events.jsonl", "results.jsonl", "summary.json"];
    assert.deepEqual(others, wanted, "nothing else is left there");
    assert.equal(folder.names(`out/${name}`).length, images + wanted.length);
  }
  assert.match(sources.text.error, /Cannot read .*text\.mp4/);
});

Deno.test("two edges on one --out: one runs, the other is refused, and no line is torn", async () => {
  await using folder = await world();
  const args = ["edge", "-f", folder.file("good.mp4"), ...HERE, "--out", folder.file("out")];
  const all = await Promise.all([1, 2].map(() => program(args, env(folder))));
  assert.deepEqual(all.map(({ code }) => code).sort(), [0, 1], all.map((a) => a.stderr).join());
  refusesClearly(all.find(({ code }) => code === 1)!, 1, /Cannot write to ".*out": /);
  const lines = Deno.readTextFileSync(folder.file("out/results.jsonl")).trimEnd().split("\n");
  const frames = lines.map((line) => JSON.parse(line)).filter((line) => "frame" in line);
  assert.deepEqual(frames.map(({ frame }) => frame), Array.from({ length: 60 }, (_, i) => i + 1));
});

Deno.test({
  name: "a terminal that is closed ends all sources: what is under way is stored",
  ignore: !HEARS_SIGHUP,
  async fn() {
    await using folder = await world();
    const sources = [1, 2, 3, 4].flatMap(() => ["-f", "synthetic:?width=64&height=64"]);
    const args = ["edge", ...sources, ...HERE, "-i", "20", "--out", folder.file("out"), "--json"];
    await using edge = new Program(args, env(folder));
    await edge.tells(/street_4: synthetic street/);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    edge.kill("SIGHUP");
    const { code, stdout, stderr } = await edge.ran();
    assert.equal(code, 0, stderr);
    const { sources: summaries } = JSON.parse(stdout);
    assert.deepEqual(folder.names("out"), ["street", "street_2", "street_3", "street_4"]);
    for (const name of folder.names("out")) {
      const { captured, failed } = summaries[name].frames;
      const text = Deno.readTextFileSync(folder.file(`out/${name}/results.jsonl`));
      const frames = text.trimEnd().split("\n").map((line) => JSON.parse(line).frame);
      assert.deepEqual(frames, Array.from({ length: captured }, (_, i) => i + 1), name);
      assert.ok(captured > 0 && failed === 0, stdout);
    }
  },
});
