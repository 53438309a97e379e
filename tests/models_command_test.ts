/** `smarteye models`, as a user calls it. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { run } from "../cli/run.ts";
import { FileServer } from "./fakes/file_server.ts";
import { Folder } from "./fakes/folder.ts";
import { manifest } from "./fakes/models.ts";
import { Program } from "./fakes/program.ts";
import { WEIGHTS } from "./fakes/tiny_model.ts";
import { FakeWorld } from "./fakes/world.ts";

const BYTES = new Uint8Array(WEIGHTS);
const SHA256 = createHash("sha256").update(BYTES).digest("hex");

/** A model directory in which `mine` can be pulled from `url`. */
function directory(url: string, sha256 = SHA256): Folder {
  const folder = new Folder();
  const said = { name: "mine", url, sha256, bytes: BYTES.length };
  folder.write("mine.json", JSON.stringify(manifest(said)));
  return folder;
}

async function ran(line: string, environment: Record<string, string> = {}) {
  const world = new FakeWorld(environment);
  const code = await run(line.split(" "), world);
  return { code, stdout: world.stdout.text, stderr: world.stderr.text };
}

Deno.test("models: help tells what it can do", async () => {
  const bare = await ran("models");
  assert.equal(bare.code, 2, "as smarteye alone");
  assert.match(bare.stderr, /list \[options\] .*\n[\s\S]*pull \[options\] <names\.\.\.>/);
  assert.match((await ran("models --help")).stdout, /Examples:\n {2}smarteye models list/);
  assert.match((await ran("models pull --help")).stdout, /Usage: smarteye models pull/);
  assert.match((await ran("models pul x")).stderr, /Did you mean pull\?/);
  assert.match((await ran("models pull")).stderr, /missing required argument 'names'/);
});

Deno.test("models list: a table for people, an array for programs", async () => {
  await using folder = directory("https://example.org/mine.onnx");
  const environment = { SMARTEYE_MODELS: folder.path };
  const { code, stdout } = await ran("models list", environment);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /│ fastestdet +│ detection +│ fastestdet │ +352×352 │ +998\.2 kB │ 13\.0 \(1\)/,
  );
  assert.match(stdout, /│ mine +│.* can be pulled │/);
  assert.match(stdout, /│ yolox_nano +│.* no weights +│/);
  assert.match(stdout, /\n\(1\) COCO val2017 mAP50-95\n/);
  assert.ok(stdout.endsWith(`model directory: ${folder.path}\n`), stdout);

  folder.write("mine.onnx", BYTES);
  for (const line of ["models list --json -s detection", "models --json list -s detection"]) {
    const models = JSON.parse((await ran(line, environment)).stdout);
    const { path, license, source, url, latency_ms, ...mine } = models.find((
      { name }: { name: string },
    ) => name === "mine");
    assert.deepEqual(mine, {
      name: "mine",
      version: "1",
      service: "detection",
      family: "yolox",
      input: { width: 32, height: 32, fit: "stretch" },
      bytes: BYTES.length,
      accuracy: null,
      latencies: [],
      state: "present",
    });
    assert.deepEqual([path, license, source, url, latency_ms], [
      folder.file("mine.onnx"),
      "MIT",
      "hand-made",
      "https://example.org/mine.onnx",
      null,
    ]);
  }
  folder.write("mine.onnx", "half of th");
  const [half] = JSON.parse((await ran("models list --json", environment)).stdout)
    .filter(({ name }: { name: string }) => name === "mine");
  assert.equal(half.state, "wrong_size");
});

Deno.test("models list: a service that there is not", async () => {
  const { code, stderr } = await ran("models list -s faces");
  assert.equal(code, 2);
  assert.match(stderr, /--service: found "faces", wanted detection or classification/);
});

Deno.test("models pull: an unknown name is told before anything is pulled", async () => {
  await using folder = directory("http://127.0.0.1:9/never.onnx");
  const { code, stderr } = await ran("models pull mine yunett", { SMARTEYE_MODELS: folder.path });
  assert.equal(code, 2);
  assert.match(stderr, /Cannot find the model "yunett": .*did you mean yunet\?/);
  assert.deepEqual(folder.names(), ["mine.json"]);
});

Deno.test("the program pulls a model, shows how far it is, and then has it", async () => {
  await using server = new FileServer(BYTES);
  await using folder = directory(server.url);
  const env = { SMARTEYE_MODELS: folder.path };
  await using pulling = new Program(["pull", "mine", "--json"], env, ["task", "--quiet", "models"]);
  const { code, stdout, stderr } = await pulling.ran();
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), [
    { name: "mine", outcome: "pulled", path: folder.file("mine.onnx"), bytes: BYTES.length },
  ]);
  assert.match(stderr, /mine █+ 100% {2}[\d.]+ kB of [\d.]+ kB/);
  assert.match(stderr, /mine is ready to use: \S+mine\.onnx, [\d.]+ kB, MIT/);
  assert.deepEqual(folder.names(), ["mine.json", "mine.onnx"]);

  await using again = new Program(["pull", "mine"], env, ["task", "--quiet", "models"]);
  const second = await again.ran();
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stderr, /mine is here already, and right/);
  assert.equal(server.asked.length, 1);

  await using listing = new Program(["list"], env, ["task", "--quiet", "models"]);
  assert.match((await listing.ran()).stdout, /│ mine +│.* ready to use +│/);
});

Deno.test("the program refuses what is not the manifest's, and leaves nothing", async () => {
  await using server = new FileServer(BYTES);
  await using folder = directory(server.url, "0".repeat(64));
  await using pulling = new Program(["models", "pull", "mine"], { SMARTEYE_MODELS: folder.path });
  const { code, stderr } = await pulling.ran();
  assert.equal(code, 1);
  assert.match(stderr, /^error: Cannot use what http:\S+ holds as the weights of "mine": /m);
  assert.ok(stderr.includes(`its sha256 is ${SHA256}, ${"0".repeat(64)} is wanted`), stderr);
  assert.deepEqual(folder.names(), ["mine.json"]);
});

Deno.test("Ctrl-C leaves a pull that goes on later", async () => {
  await using server = new FileServer(BYTES, [{ stallsAfter: 1000 }, {}]);
  await using folder = directory(server.url);
  const env = { SMARTEYE_MODELS: folder.path };
  await using pulling = new Program(["models", "pull", "mine"], env);
  await pulling.tells(/mine █/);
  pulling.kill("SIGINT");
  const { code, stderr } = await pulling.ran();
  assert.equal(code, 1);
  assert.match(
    stderr,
    /told to stop; 1000 bytes are kept in .* the same command goes on from there/,
  );
  await using again = new Program(["models", "pull", "mine"], env);
  assert.equal((await again.ran()).code, 0);
  assert.equal(server.asked[1]?.range, "bytes=1000-");
  assert.deepEqual(folder.names(), ["mine.json", "mine.onnx"]);
});
