/** Health of the server and of each model, asked once and watched. */

import assert from "node:assert/strict";
import { type ServiceError, status } from "@grpc/grpc-js";
import { Served } from "../../tests/fakes/served.ts";

Deno.test("a model's name is a service, which serves when the model can infer", async () => {
  await using served = await Served.open();
  for (
    const name of ["", "smarteye.v1.Inference", "inference.GRPCInferenceService", "tiny", "tiny@1"]
  ) {
    assert.equal(await served.health(name), "SERVING", name);
  }
  assert.equal(await served.health("asleep"), "NOT_SERVING");
  for (const name of ["nobody", "tiny@2"]) {
    const error = await served.health(name).then(() => assert.fail(name), (e: ServiceError) => e);
    assert.equal(error.code, status.NOT_FOUND);
  }
});

Deno.test("who watches is told what changes, and nothing twice", async () => {
  await using served = await Served.starting();
  const server = served.watch("");
  const model = served.watch("tiny");
  const nobody = served.watch("nobody");
  const next = async (watch: AsyncGenerator<string>) => (await watch.next()).value;
  assert.equal(await next(server), "NOT_SERVING");
  assert.equal(await next(model), "SERVICE_UNKNOWN");
  assert.equal(await next(nobody), "SERVICE_UNKNOWN");
  const engine = await served.bench.engine([{ name: "tiny" }]);
  await engine.repository.load("tiny");
  served.service.serve(engine);
  assert.deepEqual([await next(server), await next(model)], ["SERVING", "SERVING"]);
  await served.service.unloadModel("tiny");
  assert.equal(await next(model), "NOT_SERVING");
  await served.service.loadModel("tiny");
  assert.equal(await next(model), "SERVING");
  served.service.drain();
  assert.deepEqual([await next(server), await next(model)], ["NOT_SERVING", "NOT_SERVING"]);
  for (const watch of [server, model, nobody]) await watch.return(undefined);
});
