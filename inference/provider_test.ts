import assert from "node:assert/strict";
import { CPU, describeProvider, type Provider } from "./provider.ts";

Deno.test("providers are described in a word, with the device", () => {
  const cases: [provider: Provider, word: string][] = [
    [CPU, "cpu"],
    [{ kind: "cuda", device: 2, name: "NVIDIA H100" }, "cuda:2 (NVIDIA H100)"],
    [{ kind: "webgpu", name: "Intel Arc" }, "webgpu (Intel Arc)"],
  ];
  for (const [provider, word] of cases) assert.equal(describeProvider(provider), word);
});
