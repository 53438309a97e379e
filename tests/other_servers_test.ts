/** Inference servers that nobody here wrote, behind the forwarder: the same detections as by our own. */

import assert from "node:assert/strict";
import { systemClock } from "../core/clock.ts";
import { fileURLToPath } from "node:url";
import smarteyeStreet from "../models/manifests/smarteye_street.json" with { type: "json" };
import { InferAnswer, type ServerAnswer, ServersAnswer } from "../proto/http_codec.ts";
import { testWithServer } from "./rigs/other_servers.ts";
import { MODEL, Serving } from "./rigs/serving.ts";

/** The program's own network, as its file has it. */
const NETWORK = {
  file: fileURLToPath(new URL("../models/weights/smarteye_street_352.onnx", import.meta.url)),
  input: ["images", [1, 3, 352, 352]],
  outputs: [["output", [1, 10, 2541]]],
} as const;

/** The same, by a manifest of the user's own; the weights are elsewhere. */
const TWIN = "street_twin";

/** What a forwarder says of its only server, once it is up. */
async function serverOf(base: string): Promise<ServerAnswer> {
  let seen = "";
  for (let i = 0; i < 100; i++) {
    const answer = ServersAnswer.parse(await (await fetch(`${base}/v1/servers`)).json());
    const [server] = answer.servers;
    if (server!.state === "ready" && server!.models.length > 0) return server!;
    seen = JSON.stringify(server);
    await systemClock.sleep(200);
  }
  throw new Error(`the server did not come up: ${seen}`);
}

async function detect(base: string, model: string, image: string): Promise<InferAnswer> {
  const body = await Deno.readFile(image);
  const url = `${base}/image_handler?model=${model}`;
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: { "content-type": "image/jpeg" },
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return InferAnswer.parse(JSON.parse(text));
}

/** Holds that two answers tell the same objects, to a pixel and a thousandth. */
function assertAlike(answer: InferAnswer, wanted: InferAnswer): void {
  const [found, other] = [answer.detections!, wanted.detections!];
  assert.deepEqual(found.map(({ label }) => label), other.map(({ label }) => label));
  assert.deepEqual([answer.width, answer.height], [wanted.width, wanted.height]);
  assert.ok(found.length > 2);
  for (const [i, { score, box }] of found.entries()) {
    assert.ok(Math.abs(score - other[i]!.score) < 1e-3, `${score}, ${other[i]!.score}`);
    for (const [side, at] of box.entries()) assert.ok(Math.abs(at - other[i]!.box[side]!) < 1);
  }
  const { decode, queue, preprocess, infer, postprocess, total } = answer.timings_ms;
  assert.ok(infer > 0 && preprocess > 0);
  assert.ok(Math.abs(decode + queue + preprocess + infer + postprocess - total) < 0.01);
}

for (const kind of ["triton", "kserve", "mlserver"]) {
  testWithServer(kind, `${kind} behind oip:// detects what our server does`, async (start) => {
    await using serving = await Serving.open();
    const manifest = { ...smarteyeStreet, name: TWIN, file: "elsewhere.onnx" };
    await Deno.mkdir(serving.folder.file("models"));
    serving.folder.write(`models/${TWIN}.json`, JSON.stringify(manifest));
    const ours = await serving.forward([await serving.start()]);
    const wanted = await detect(ours, MODEL, serving.image);
    const names = kind === "kserve" ? [MODEL] : [MODEL, TWIN, "stranger"];
    const served = names.map((name) => ({ name, ...NETWORK }));
    const folder = serving.folder.file("server");
    await Deno.mkdir(folder, { recursive: true });
    await using other = await start(folder, served);
    const base = await serving.forward([`oip://${other.address}`]);
    const { load, models, not_offered = [], name } = await serverOf(base);
    assert.equal(name, `oip://${other.address}`);
    assert.equal(load, undefined, "it tells none");
    assert.deepEqual(models.map((model) => model.name).sort(), names.slice(0, 2).sort());
    for (const model of names.slice(0, 2)) {
      assertAlike(await detect(base, model, serving.image), wanted);
    }
    if (names.length > 2) {
      assert.deepEqual(not_offered.map((one) => one.name), ["stranger"]);
      assert.match(not_offered[0]!.detail, /there is no manifest of that name/);
    }
  });
}
