/** The tasks of `deno.json`: each role does its work with no more than it is granted. */

import assert from "node:assert/strict";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { PixelPicture } from "../core/image.ts";
import { Authority } from "./fakes/certificates.ts";
import { Folder } from "./fakes/folder.ts";
import { Program } from "./fakes/program.ts";
import { plain } from "./fakes/pictures.ts";
import { addModel, WEIGHTS } from "./fakes/tiny_model.ts";

/** Policies of users: they run apart, with no more than the roles are granted. */
const DISPATCH = "export default ({ candidates }) => candidates[0].name;";
const CONTROL = `export default function always_there({ cloud, settings }) {
  const { offloadHeight: height, jpegQuality: quality } = settings;
  return { place: "cloud", model: cloud.models[0].name, height, quality, reason: "as ever" };
}`;

const SIZE = { width: 32, height: 32 };

Deno.test("each role works with the permissions of its task", async () => {
  await using folder = new Folder();
  addModel(folder);
  const env = { SMARTEYE_MODELS: folder.path, XDG_CACHE_HOME: folder.file("cache") };
  const task = (name: string, ...args: string[]) =>
    new Program([name, ...args, "--json"], env, ["task", "--quiet"]);

  await using server = task("serve", "--listen", "127.0.0.1:0");
  const address = await server.address();
  await using forwarder = task(
    "forward",
    "--listen",
    "127.0.0.1:0",
    "--servers",
    address,
    "--policy",
    folder.write("dispatch.ts", DISPATCH),
  );
  const gateway = await forwarder.address();

  await using sample = task("sample", folder.file("street.mp4"), "--frames", "12");
  assert.equal((await sample.ran()).code, 0);

  await using edge = task(
    "edge",
    "--file",
    folder.file("street.mp4"),
    "--policy",
    folder.write("control.js", CONTROL),
    "--forwarder",
    `http://${gateway}/image_handler`,
    "--out",
    folder.file("results"),
  );
  const { code, stdout, stderr } = await edge.ran();
  assert.equal(code, 0, stderr);
  const { frames, policy } = JSON.parse(stdout);
  assert.deepEqual([frames.cloud, policy], [12, "always_there"]);
  assert.equal(folder.names().includes("results"), true);

  for (const role of [forwarder, server]) {
    role.kill("SIGTERM");
    const ran = await role.ran();
    assert.doesNotMatch(ran.stderr, /NotCapable|Requires .* access/);
  }
});

Deno.test("the edge trusts an authority of the user's with the permissions of its task", async () => {
  await using folder = new Folder();
  const authority = await Authority.make(folder.path);
  if (!authority) return;
  addModel(folder);
  folder.write("one.jpg", await new PixelPicture(plain(32, 32)).jpeg(SIZE, 90));
  const forwarder = https.createServer(
    { ...await authority.certify("good", "IP:127.0.0.1", 2) },
    (_, response) => response.end('{ "servers": [] }'),
  );
  await new Promise<void>((resolve) => forwarder.listen(0, "127.0.0.1", resolve));
  const { port } = forwarder.address() as AddressInfo;
  const env = { SMARTEYE_MODELS: folder.path, SMARTEYE_FLASK_URL_CA_FILE: authority.path };
  const url = `https://127.0.0.1:${port}/image_handler`;
  const args = ["--file", folder.file("one.jpg"), "--forwarder", url, "--out", folder.file("out")];
  await using edge = new Program(["edge", ...args], env, ["task", "--quiet"]);
  const { code, stderr } = await edge.ran();
  await new Promise((resolve) => forwarder.close(resolve));
  assert.equal(code, 0, stderr);
  assert.match(stderr, /none of the forwarder's servers is ready/);
  assert.doesNotMatch(stderr, /does not answer/);
});

Deno.test("the settings can be checked with the permissions of their task", async () => {
  await using config = new Program(["config", "check", "--json"], {}, ["task", "--quiet"]);
  const { code, stdout, stderr } = await config.ran();
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).file, "config/config.ini");
});

Deno.test("policies are listed with the permissions of their task, modules too", async () => {
  await using folder = new Folder();
  const mine = folder.write("mine.ts", "export default ({ candidates }) => candidates[0].name;\n");
  const args = ["policies", "list", "--dispatch", mine, "--json"];
  await using policies = new Program(args, {}, ["task", "--quiet"]);
  const { code, stdout, stderr } = await policies.ran();
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).dispatch.policies.at(-1).module, mine);
});

Deno.test("every models command works with the permissions of its task", async () => {
  await using folder = new Folder();
  const env = { SMARTEYE_MODELS: folder.file("models"), XDG_CACHE_HOME: folder.file("cache") };
  const file = folder.write("mine.onnx", WEIGHTS);
  Deno.mkdirSync(folder.file("data/images"), { recursive: true });
  Deno.mkdirSync(folder.file("data/labels"));
  folder.write("data/images/1.jpg", await new PixelPicture(plain(32, 32)).jpeg(SIZE, 90));
  folder.write("data/labels/1.txt", "0 0.5 0.5 0.5 0.5\n");
  folder.write("data/classes.txt", "class 1\n");
  const calls: readonly (readonly string[])[] = [
    ["list"],
    ["add", file],
    ["inspect", "mine", "--out", folder.file("seen.jpg")],
    ["bench", "mine", "--threads", "1", "--runs", "3"],
    ["eval", "mine", "--data", folder.file("data")],
    ["rate", "mine", "--eval", folder.file("data")],
  ];
  for (const args of calls) {
    await using models = new Program(["models", ...args, "--json"], env, ["task", "--quiet"]);
    const { code, stdout, stderr } = await models.ran();
    assert.equal(code, 0, `${args[0]}: ${stderr}`);
    const told = JSON.parse(stdout);
    if (args[0] !== "rate") continue;
    assert.match(told.accuracy.metric, /^mAP50-95 on 1 image of [^/]+\/data, 1 class$/);
    assert.equal(told.accuracy.benchmark, "other", "one class is not COCO");
  }
});
