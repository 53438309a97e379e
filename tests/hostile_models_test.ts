/** Files that pretend to be models: each is refused in one clear message, and the others go on. */

import assert from "node:assert/strict";
import { Folder } from "./fakes/folder.ts";
import { HOSTILE_MODELS } from "./fakes/hostile_models.ts";
import { Program, program } from "./fakes/program.ts";
import { addModel, WEIGHTS } from "./fakes/tiny_model.ts";
import { plain } from "./fakes/pictures.ts";
import { PixelPicture } from "../core/image.ts";

Deno.test("a server with many broken models says so of each, and serves the good one", async () => {
  await using folder = new Folder();
  addModel(folder, { name: "good" });
  for (const { name, weights, said } of HOSTILE_MODELS) {
    addModel(folder, { name, ...said }, weights ?? WEIGHTS);
    if (!weights) Deno.removeSync(folder.file(`${name}.onnx`));
  }
  const listed = ["good", ...HOSTILE_MODELS.map(({ name }) => name)].join(",");
  const env = { SMARTEYE_MODELS: folder.path, XDG_CACHE_HOME: folder.file("cache") };
  await using server = new Program(
    ["serve", "--listen", "127.0.0.1:0", "--workers", "1", "--models", listed, "--json"],
    env,
  );
  const address = await server.address();
  await using forwarder = new Program(
    ["forward", "--listen", "127.0.0.1:0", "--servers", address, "--json"],
    env,
  );
  const gateway = await forwarder.address();
  const bright = new PixelPicture(plain(64, 64, [250, 250, 250]));
  const answer = await fetch(`http://${gateway}/image_handler?model=good`, {
    method: "POST",
    headers: { "content-type": "image/jpeg" },
    body: await bright.jpeg({ width: 64, height: 64 }, 90),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  assert.equal((await answer.json()).detections.length, 1);
  server.kill("SIGINT");
  const { code, stderr } = await server.ran();
  assert.equal(code, 0);
  for (const { name, weights, message } of HOSTILE_MODELS) {
    const lines = stderr.split("\n").filter((line) => line.includes(name));
    if (weights) {
      assert.equal(lines.filter((line) => line.includes("Cannot load")).length, 1, name);
      assert.match(lines.join("\n"), message);
    } else assert.match(lines.join("\n"), /left out/);
  }
});

for (const { name, weights, message, added, said } of HOSTILE_MODELS) {
  if (said || !weights) continue; // what is wrong with them is their manifest
  Deno.test(`models add refuses the file ${name}, and leaves nothing of it`, async () => {
    await using folder = new Folder();
    const file = folder.write("theirs.onnx", weights);
    const { code, stdout, stderr } = await program(["models", "add", file], {
      SMARTEYE_MODELS: folder.file("models"),
    });
    assert.equal(code, 1, stdout);
    assert.match(stderr, added ?? message);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
    assert.deepEqual(folder.names(), ["theirs.onnx"]);
  });
}
