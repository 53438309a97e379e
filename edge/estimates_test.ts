import assert from "node:assert/strict";
import { ANSWER } from "../tests/fakes/run.ts";
import { Estimates } from "./estimates.ts";

Deno.test("before there is a measurement there is no estimate", () => {
  const { localMs, cloudMs, networkMs, uplinkBytesPerSec } = new Estimates();
  assert.deepEqual([localMs, cloudMs, networkMs, uplinkBytesPerSec], Array(4).fill(undefined));
});

Deno.test("what the forwarder did not need of an exchange, the network did", () => {
  const estimates = new Estimates();
  estimates.addLocal(10);
  estimates.addLocal(30);
  estimates.addCloud(150, 120, ANSWER); // 1200 bytes, 20 ms in the cloud
  assert.equal(estimates.localMs, 20);
  assert.equal(estimates.cloudMs, 150);
  assert.equal(estimates.networkMs, 100);
  assert.equal(estimates.uplinkBytesPerSec, 12_000);
});

Deno.test("a cloud that claims more time than passed makes no infinite network", () => {
  const estimates = new Estimates();
  estimates.addCloud(10, 10, { ...ANSWER, cloudMs: 5000 });
  assert.ok(estimates.networkMs! > 0 && Number.isFinite(estimates.uplinkBytesPerSec));
});

Deno.test("an estimate forgets what is long ago", () => {
  const estimates = new Estimates();
  estimates.addLocal(10_000);
  for (let frame = 0; frame < 20; frame++) estimates.addLocal(10);
  assert.equal(estimates.localMs, 10);
});
