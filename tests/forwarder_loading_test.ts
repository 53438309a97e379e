/** A model that no server has ready is loaded by one when it is asked for. Real processes. */

import assert from "node:assert/strict";
import { credentials } from "@grpc/grpc-js";
import { InferAnswer } from "../proto/http_codec.ts";
import { Inference } from "../proto/grpc_service.ts";
import { MODEL, Serving } from "./rigs/serving.ts";
import { Program } from "./fakes/program.ts";

/** Has a server give a model back. */
async function unload(server: string): Promise<void> {
  const client = new Inference(server, credentials.createInsecure());
  try {
    await new Promise<void>((resolve, reject) => {
      client.UnloadModel({ model: MODEL }, (error) => error ? reject(error) : resolve());
    });
  } finally {
    client.close();
  }
}

Deno.test("a model that is asked for is loaded once, and only where that is wanted", async () => {
  await using serving = await Serving.open();
  const server = await serving.start("--workers", "1");
  const image = Deno.readFileSync(serving.image);
  await unload(server);
  for (const isWanted of [false, true]) {
    const args = ["forward", "--listen", "127.0.0.1:0", "--json", "--servers", server];
    await using forwarder = new Program(args, { SMARTEYE_FORWARDER_LOAD_MODELS: `${isWanted}` });
    const base = `http://${await forwarder.address()}`;
    const post = (model: string) =>
      fetch(`${base}/image_handler?model=${model}`, {
        method: "POST",
        body: image,
        headers: { "content-type": "image/jpeg" },
      });
    if (!isWanted) {
      const refused = await post(MODEL);
      assert.equal(refused.status, 404, await refused.text());
      continue;
    }
    const answers = await Promise.all([post(MODEL), post(MODEL), post(MODEL)]);
    for (const answer of answers) {
      const text = await answer.text();
      assert.equal(answer.status, 200, text);
      assert.equal(InferAnswer.parse(JSON.parse(text)).server, server);
    }
    const unknown = await post("nobody_has_it");
    assert.equal(unknown.status, 404, await unknown.text());
    const text = await (await fetch(`${base}/metrics`)).text();
    assert.match(text, /smarteye_forwarder_model_loads_total\{[^}]*outcome="loaded"\} 1\n/);
  }
});
