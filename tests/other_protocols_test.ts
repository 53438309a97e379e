/** The program's own server behind the forwarder by each protocol that it speaks, and several at once. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { STREET_DEFAULTS } from "../street/options.ts";
import { InferAnswer, type ServerAnswer, ServersAnswer } from "../proto/http_codec.ts";
import { textOfFrame } from "../proto/msg_transfer.ts";
import { MODEL, Serving } from "./rigs/serving.ts";

const { width, height } = STREET_DEFAULTS;

async function serversOf(base: string): Promise<readonly ServerAnswer[]> {
  return ServersAnswer.parse(await (await fetch(`${base}/v1/servers`)).json()).servers;
}

/** Asks by our wire. */
async function ours(base: string, image: string): Promise<Response> {
  const headers = { "content-type": "image/jpeg" };
  const body = await Deno.readFile(image);
  return await fetch(`${base}/image_handler?model=${MODEL}`, { method: "POST", body, headers });
}

async function detect(base: string, image: string): Promise<InferAnswer> {
  const response = await ours(base, image);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return InferAnswer.parse(JSON.parse(text));
}

/** Asks as an original edge does. */
async function original(base: string, pixels: string): Promise<Record<string, unknown>> {
  const data = await Deno.readFile(pixels);
  const body = new URLSearchParams({
    selected_model: MODEL,
    frame_shape: `(${height}, ${width}, 3)`,
    frame: textOfFrame({ width, height, data }),
  });
  const response = await fetch(`${base}/image_handler`, { method: "POST", body });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text);
}

Deno.test("a server behind oip:// gets files, and detects what it does behind its own protocol", async () => {
  await using serving = await Serving.open();
  const address = await serving.start();
  const [base, plain] = await Promise.all([
    serving.forward([`oip://${address}`]),
    serving.forward([address]),
  ]);
  const [answer, wanted] = [await detect(base, serving.image), await detect(plain, serving.image)];
  assert.ok(wanted.detections!.length > 2);
  assert.deepEqual(answer.detections, wanted.detections);
  assert.deepEqual([answer.width, answer.height], [width, height]);
  assert.equal(answer.server, `oip://${address}`);
  assert.equal(answer.load, undefined);
  const [server] = await serversOf(base);
  assert.deepEqual([server!.name, server!.load], [`oip://${address}`, undefined]);
  assert.ok(server!.models.some(({ name }) => name === MODEL));
  // Pixels go as tensors, which the forwarder makes; what it draws is what the other forwarder does.
  const [drawn, wantedDrawn] = [
    await original(base, serving.pixels),
    await original(plain, serving.pixels),
  ];
  assert.equal(drawn["frame_shape"], `(${height}, ${width}, 3)`);
  assertAlike(drawn["result"], wantedDrawn["result"]);
  const metrics = await (await fetch(`${base}/metrics`)).text();
  const dispatched = `dispatches_total{server="oip://${address}",outcome="success"} 2`;
  assert.ok(metrics.includes(dispatched), metrics);
});

/** Boxes that differ in their last bit may be drawn on another pixel, here and there. */
function assertAlike(drawn: unknown, wanted: unknown): void {
  const [a, b] = [drawn, wanted].map((text) => Buffer.from(String(text), "base64"));
  assert.equal(a!.length, 3 * width * height);
  const differing = a!.filter((byte, i) => byte !== b![i]).length;
  assert.ok(differing < 0.001 * a!.length, `${differing} bytes differ`);
}

Deno.test("a server behind msgtransfer:// answers the original's form, and no other", async () => {
  await using serving = await Serving.open();
  const address = await serving.start();
  const name = `msgtransfer://${address}`;
  const [base, plain, both] = await Promise.all([
    serving.forward([name]),
    serving.forward([address]),
    serving.forward([name, address], "--policy", "round_robin"),
  ]);
  const drawn = await original(base, serving.pixels);
  const wanted = await original(plain, serving.pixels);
  assert.deepEqual(Object.keys(drawn).sort(), ["frame_shape", "process_time", "result"]);
  assert.equal(drawn["frame_shape"], `(${height}, ${width}, 3)`);
  assertAlike(drawn["result"], wanted["result"]);

  const refused = await ours(base, serving.image);
  assert.equal(refused.status, 404);
  assert.match((await refused.json()).detail, /draw on the frame and do not tell what they found/);
  const [server] = await serversOf(base);
  assert.deepEqual([server!.state, server!.models], ["ready", []]);
  assert.deepEqual(server!.not_offered!.map((one) => one.name), [MODEL]);
  assert.match(server!.not_offered![0]!.detail, /only the original's form is answered with that/);
  const { cpu_utilization, queue_length } = server!.load!;
  assert.ok(cpu_utilization >= 0 && cpu_utilization <= 1);
  assert.equal(queue_length, undefined, "it does not tell");
  const list = await (await fetch(`${base}/v1/vision/custom/list`)).json();
  assert.deepEqual(list.models, [], "no recorder is offered it");

  // Where both are, ours goes to the one that tells, and the original's to each in turn.
  for (let i = 0; i < 4; i++) await original(both, serving.pixels);
  for (let i = 0; i < 4; i++) assert.equal((await detect(both, serving.image)).server, address);
  const metrics = await (await fetch(`${both}/metrics`)).text();
  const successes = (server: string) =>
    Number(
      new RegExp(`dispatches_total\\{server="${server}",outcome="success"\\} (\\d+)`).exec(metrics)
        ?.[1] ?? 0,
    );
  assert.deepEqual([successes(name), successes(address)], [2, 6]);
});
