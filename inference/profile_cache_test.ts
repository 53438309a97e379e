import assert from "node:assert/strict";
import { Folder } from "../tests/fakes/folder.ts";
import { manifest } from "../tests/fakes/models.ts";
import { ProfileCache } from "./profile_cache.ts";
import { CPU } from "./provider.ts";
import type { SessionOptions } from "./session.ts";

const SESSION: SessionOptions = { threads: 1, provider: CPU };

/** A measurement that is counted. */
function meter(latencyMs: number) {
  const measure = () => Promise.resolve((measure.calls++, latencyMs));
  measure.calls = 0;
  return measure;
}

Deno.test("a latency is measured once and kept, in a directory that is made", async () => {
  await using folder = new Folder();
  const path = folder.file("deep/er/profile.json");
  const measure = meter(12.34567);
  assert.equal(await new ProfileCache(path).latencyMs(manifest(), SESSION, measure), 12.346);
  assert.equal(await new ProfileCache(path).latencyMs(manifest(), SESSION, measure), 12.346);
  assert.equal(measure.calls, 1);
  assert.deepEqual(
    [...Deno.readDirSync(folder.file("deep/er"))].map(({ name }) => name),
    ["profile.json"],
    "nothing half-written is left",
  );
});

Deno.test("other weights, threads or providers are other measurements", async () => {
  await using folder = new Folder();
  const cache = new ProfileCache(folder.file("profile.json"));
  const measure = meter(5);
  const others: [said: Parameters<typeof manifest>[0], session: SessionOptions][] = [
    [{}, SESSION],
    [{ name: "other" }, SESSION],
    [{ sha256: "1".repeat(64) }, SESSION],
    [{}, { ...SESSION, threads: 2 }],
    [{}, { ...SESSION, provider: { kind: "cuda", device: 0 } }],
    [{}, { ...SESSION, provider: { kind: "cuda", device: 1 } }],
  ];
  for (let round = 0; round < 2; round++) {
    for (const [said, session] of others) await cache.latencyMs(manifest(said), session, measure);
  }
  assert.equal(measure.calls, others.length);
});

Deno.test("a file that is no profile is measured anew and replaced", async () => {
  for (const content of ["", "{", "[]", `{"a": "fast"}`, `{"a": -1}`]) {
    await using folder = new Folder();
    const path = folder.write("profile.json", content);
    const measure = meter(5);
    assert.equal(await new ProfileCache(path).latencyMs(manifest(), SESSION, measure), 5);
    assert.equal(await new ProfileCache(path).latencyMs(manifest(), SESSION, measure), 5);
    assert.equal(measure.calls, 1, content);
  }
});

Deno.test("a path that cannot be written costs a measurement, not the run", async () => {
  await using folder = new Folder();
  const file = folder.write("a_file", "");
  const measure = meter(5);
  const cache = new ProfileCache(`${file}/profile.json`);
  assert.equal(await cache.latencyMs(manifest(), SESSION, measure), 5);
  assert.equal(await cache.latencyMs(manifest(), SESSION, measure), 5);
  assert.equal(measure.calls, 2);
  assert.deepEqual(folder.names(), ["a_file"]);
});

Deno.test("a latency too short to be told in thousandths does not spoil the file", async () => {
  await using folder = new Folder();
  const cache = new ProfileCache(folder.file("profile.json"));
  const slow = meter(5);
  await cache.latencyMs(manifest({ name: "slow" }), SESSION, slow);
  await cache.latencyMs(manifest({ name: "nothing" }), SESSION, meter(0.0001));
  await cache.latencyMs(manifest({ name: "slow" }), SESSION, slow);
  assert.equal(slow.calls, 1);
});
