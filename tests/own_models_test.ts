/** `smarteye models add`, `inspect` and `bench`, the real program on models of one's own. */

import assert from "node:assert/strict";
import { run } from "../cli/run.ts";
import { Folder } from "./fakes/folder.ts";
import { CELLS, IMAGE, MIDDLE, NAMES, SCORE, table, turned } from "./fakes/layouts.ts";
import { constantNetwork, onnx, tinyYolox } from "./fakes/onnx.ts";
import { program } from "./fakes/program.ts";
import { addModel, CAR, SIDE, WEIGHTS } from "./fakes/tiny_model.ts";
import { input } from "./fakes/models.ts";
import { FakeWorld } from "./fakes/world.ts";

/** The environment of a user whose models and profile are in a folder. */
function home(folder: Folder): Record<string, string> {
  return { SMARTEYE_MODELS: folder.file("models"), XDG_CACHE_HOME: folder.file("cache") };
}

async function json(args: readonly string[], env: Record<string, string>) {
  const { code, stdout, stderr } = await program([...args, "--json"], env);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

Deno.test("a file of one's own is added, looked at, and infers frames", async () => {
  await using folder = new Folder();
  const env = home(folder);
  const file = folder.write("my model.onnx", WEIGHTS);
  const labels = folder.write("names.txt", "person\ncar\nbus\n");
  const added = await program(["models", "add", file, "--labels", labels], env);
  assert.equal(added.code, 0, added.stderr);
  assert.match(added.stdout, /^my_model is added: it does detection\./);
  assert.match(added.stdout, /found:\n.*image float32 \[1, 3, 32, 32\]/);
  assert.match(added.stdout, /family yolox: .*, 3 classes/);
  assert.match(added.stdout, /assumed:\n(.*\n)* +labels: 3 as given/);

  const known = await program(["models", "add", file], env);
  assert.match(known.stdout, /is my_model, which is known: it does detection/);
  const again = await program(["models", "add", file, "--labels", labels], env);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /there is a model of that name/);

  const second = ["models", "add", file, "--labels", labels, "--model-version", "2"];
  assert.match((await program(second, env)).stdout, /^my_model@2 is added: it does detection\./);
  const listed = await program(["models", "list"], env);
  assert.match(listed.stdout, /│ my_model .*\n.*│ my_model@2 /);

  const out = folder.file("seen.jpg");
  const seen = await json(["models", "inspect", "my_model", "--out", out], env);
  assert.equal(seen.findings.detections[0].label, "car");
  assert.equal(seen.outputs[0].name, "output");
  assert.ok(Deno.statSync(out).size > 1000, "the picture is drawn");

  const run = await json(
    ["edge", "-f", "synthetic:?frames=3", "--model", "my_model@1", "--out", folder.file("run")],
    env,
  );
  assert.equal(run.frames.local, 3);
  assert.deepEqual(run.models, { my_model: 3 });
});

/** What the program says, in this process. */
async function ran(folder: Folder, ...args: string[]) {
  const world = new FakeWorld(home(folder), folder.path);
  const code = await run(args, world);
  return { code, said: world.stdout.text + world.stderr.text };
}

Deno.test("a model in two files is added as one, fed and rated as its user says", async () => {
  await using folder = new Folder();
  const { name, dims, values } = turned(table(CELLS, [...MIDDLE, 0, SCORE, 0]));
  const network = onnx({
    ...{ inputs: [IMAGE], outputs: [{ name, dims: dims! }], notes: NAMES },
    initializers: [{ name: "answer", dims: dims as number[], location: "theirs.onnx.data" }],
    nodes: [{ op: "Identity", inputs: ["answer"], outputs: [name] }],
  });
  const file = folder.write("theirs.onnx", network);
  const alone = await ran(folder, "models", "add", file);
  assert.equal(alone.code, 1);
  assert.match(
    alone.said,
    /lies in another file, "theirs\.onnx\.data"; there is no \S+: it is wanted/,
  );

  const data = folder.write("theirs.onnx.data", new Uint8Array(values.buffer));
  const said = ["--input", "stretch,bgr,0-255", "--accuracy", "coco_map_50_95=30"];
  const added = await ran(folder, "models", "add", file, ...said);
  assert.equal(added.code, 0, added.said);
  assert.match(added.said, /It is rated 30 \(COCO val2017 mAP50-95\)\./);
  assert.deepEqual(folder.names("models"), ["theirs.json", "theirs.onnx"]);
  const manifest = () => JSON.parse(Deno.readTextFileSync(folder.file("models/theirs.json")));
  const { color, fit, std } = manifest().input;
  assert.deepEqual([color, fit, std], ["bgr", "stretch", [1, 1, 1]]);

  const again = await ran(folder, "models", "add", file, "--accuracy", "coco_map_50_95=31");
  assert.match(again.said, /is theirs, which is known: .* It is rated 31 /);
  Deno.removeSync(data);
  const rated = await ran(folder, "models", "rate", "theirs", "--accuracy", "other=90");
  assert.match(rated.said, /theirs is rated 90 .*rank it last.*until now it was rated 31 /);
  assert.deepEqual(manifest().accuracy.benchmark, "other");
  const listed = await ran(folder, "models", "list");
  assert.match(listed.said, /user's own measuring: compares with no other, ranked last/);
  const wrong = await ran(folder, "models", "rate", "theirs", "--accuracy", "imagenet_top1=70");
  assert.match(wrong.said, /Cannot rate the model "theirs" by ImageNet/);
});

Deno.test("a classifier is added and classifies through edge", async () => {
  await using folder = new Folder();
  const env = home(folder);
  const logits = Float32Array.from([1, 2, 7, 3, 0, 1]);
  const image = { name: "image", dims: [1, 3, SIDE, SIDE] };
  const file = folder.write("sorter.onnx", constantNetwork(image, [1, 6], logits));
  const labels = folder.write("names.txt", "a\nb\nc\nd\ne\nf");
  await json(["models", "add", file, "--labels", labels], env);
  const source = ["-f", "synthetic:?frames=2", "-s", "classification"];
  const run = await json(["edge", ...source, "--out", folder.file("run")], env);
  assert.equal(run.frames.local, 2);
  const [line] = Deno.readTextFileSync(folder.file("run/results.jsonl")).split("\n");
  const { classifications } = JSON.parse(line!);
  assert.deepEqual(classifications.map(({ label }: { label: string }) => label).slice(0, 3), [
    ...["c", "d", "b"],
  ]);
  assert.equal(classifications.length, 5);
});

Deno.test("what bench measures is what the fastest model is", async () => {
  await using folder = new Folder();
  const env = { ...home(folder), SMARTEYE_MODELS: folder.path };
  const big = { width: 1024, height: 1024 };
  addModel(folder, { name: "small" });
  addModel(
    folder,
    { name: "big", input: input(big) },
    tinyYolox({ input: big, classes: 3, objects: [CAR] }),
  );
  const benched: { name: string; threads: number; p50_ms: number }[] = await json(
    ["models", "bench", "big", "small", "--threads", "2", "--runs", "10"],
    env,
  );
  assert.deepEqual(benched.map(({ name, threads }) => [name, threads]), [
    ...[["big", 1], ["big", 2], ["small", 1], ["small", 2]],
  ]);
  const p50 = (name: string) => benched.find((one) => one.name === name)!.p50_ms;
  assert.ok(p50("big") > p50("small"));
  const fastest = async () => {
    const run = await json(
      [
        ...["edge", "-f", "synthetic:?frames=2", "--policy", "always_local_fastest_model"],
        ...["--out", folder.file("run"), "--overwrite"],
      ],
      env,
    );
    return Object.keys(run.models);
  };
  assert.deepEqual(await fastest(), ["small"]);

  // The same models on a machine where it is the other way round.
  const path = folder.file("cache/smarteye/profile.json");
  const profile: Record<string, { p50_ms: number }> = JSON.parse(Deno.readTextFileSync(path));
  for (const [key, latency] of Object.entries(profile)) {
    latency.p50_ms = key.startsWith("small") ? 900 : 1;
  }
  Deno.writeTextFileSync(path, JSON.stringify(profile));
  assert.deepEqual(await fastest(), ["big"]);
});

Deno.test("what the command line says wrong is told at once", async () => {
  const { code, stderr } = await program(
    ["models", "add", "x.onnx", "--name", "a b", "--family", "magic", "--size", "big"]
      .concat(["--input", "upside-down", "--accuracy", "good"]),
  );
  assert.equal(code, 2);
  for (const where of ["--name", "--family", "--size", "--input", "--accuracy"]) {
    assert.ok(stderr.includes(where), stderr);
  }
  const bench = await program(["models", "bench", "--threads", "0", "--runs", "many"]);
  assert.equal(bench.code, 2);
  for (const where of ["--threads", "--runs"]) {
    assert.ok(bench.stderr.includes(where), bench.stderr);
  }
});
