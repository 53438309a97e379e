import assert from "node:assert/strict";
import { acceleratorsFor, CPU, describeProvider, type Provider } from "./provider.ts";

Deno.test("each wish for an accelerator names what may serve it, best first", () => {
  const cases: [gpu: number | "auto", wanted: string[]][] = [
    ["auto", ["cuda:0", "webgpu"]],
    [0, ["cuda:0", "webgpu"]],
    [1, ["cuda:1"]],
    [7, ["cuda:7"]],
  ];
  for (const [gpu, wanted] of cases) {
    assert.deepEqual(acceleratorsFor(gpu).map(describeProvider), wanted, `--gpu ${gpu}`);
  }
});

Deno.test("providers are described in a word", () => {
  const cases: [provider: Provider, word: string][] = [
    [CPU, "cpu"],
    [{ kind: "cuda", device: 2 }, "cuda:2"],
    [{ kind: "webgpu" }, "webgpu"],
  ];
  for (const [provider, word] of cases) assert.equal(describeProvider(provider), word);
});
