import assert from "node:assert/strict";
import { CPU, type Provider } from "../provider.ts";
import { isShared, workersAtMost, workersOn } from "./workers.ts";

Deno.test("how many Workers infer depends on what they run on", () => {
  const cuda: Provider = { kind: "cuda", device: 0, name: "NVIDIA H100" };
  const webgpu: Provider = { kind: "webgpu", name: "Intel Arc" };
  const cases: [provider: Provider, asked: number | undefined, workers: number][] = [
    [CPU, undefined, 16],
    [CPU, 3, 3],
    [cuda, undefined, 4],
    [cuda, 16, 16],
    [webgpu, undefined, 1],
    [webgpu, 1, 1],
    [webgpu, 8, 1],
  ];
  for (const [provider, asked, workers] of cases) {
    assert.equal(workersOn(provider, asked, 16), workers, `${provider.kind} ${asked}`);
    assert.ok(isShared(provider) || workersOn(provider, 16, 16) === 1);
    for (const cores of [1, 16]) {
      assert.ok(workersOn(provider, asked, cores) <= workersAtMost(asked, cores));
    }
  }
});
