/** `smarteye models list` of models that were measured, as a user calls it. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { ProfileCache } from "../inference/profile_cache.ts";
import { CPU } from "../inference/provider.ts";
import { Catalogue } from "../models/catalogue.ts";
import { Folder } from "./fakes/folder.ts";
import { Program } from "./fakes/program.ts";
import { addModel } from "./fakes/tiny_model.ts";

Deno.test("what was measured on an accelerator is listed with the device", async () => {
  await using folder = new Folder();
  addModel(folder, { name: "mine", file: "mine.onnx" });
  const env = { SMARTEYE_MODELS: folder.path, XDG_CACHE_HOME: folder.file("cache") };
  const list = async (...more: string[]) => {
    await using program = new Program(["models", "list", ...more], env);
    const { code, stdout, stderr } = await program.ran();
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const { manifest } = (await Catalogue.open(folder.path)).known("mine");
  const profiles = new ProfileCache(join(env.XDG_CACHE_HOME, "smarteye", "profile.json"));
  await profiles.keep(manifest, { threads: 1, provider: CPU }, { p50Ms: 5, p95Ms: 6 });
  assert.doesNotMatch(await list(), /accelerator/);
  const provider = { kind: "cuda", device: 0, name: "NVIDIA L4" } as const;
  await profiles.keep(manifest, { threads: 1, provider }, { p50Ms: 1.25, p95Ms: 2 });
  const table = await list();
  assert.match(table, /│ latency │ on an accelerator +│ state/);
  assert.match(table, /│ mine .+│ +5\.0 ms │ 1\.3 ms, cuda:0 \(NVIDIA L4\) │/);
  const mine = JSON.parse(await list("--json"))
    .find(({ name }: { name: string }) => name === "mine");
  assert.deepEqual([mine.latency_ms, mine.latencies], [{ p50: 5, p95: 6 }, [
    { provider: "cpu", threads: 1, p50: 5, p95: 6 },
    { provider: "cuda:0 (NVIDIA L4)", threads: 1, p50: 1.25, p95: 2 },
  ]]);
});
