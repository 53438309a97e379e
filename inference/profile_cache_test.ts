import assert from "node:assert/strict";
import { Folder } from "../tests/fakes/folder.ts";
import { manifest } from "../tests/fakes/models.ts";
import { ProfileCache } from "./profile_cache.ts";
import { CPU } from "./provider.ts";
import type { SessionOptions } from "./session.ts";

const SESSION: SessionOptions = { threads: 1, provider: CPU };

/** A measurement that is counted. */
function meter(p50Ms: number) {
  const measure = () => Promise.resolve((measure.calls++, { p50Ms, p95Ms: 2 * p50Ms }));
  measure.calls = 0;
  return measure;
}

Deno.test("a latency is measured once and kept, in a directory that is made", async () => {
  await using folder = new Folder();
  const path = folder.file("deep/er/profile.json");
  const measure = meter(12.34567);
  const KEPT = { p50Ms: 12.346, p95Ms: 24.691 };
  assert.deepEqual(await new ProfileCache(path).latency(manifest(), SESSION, measure), KEPT);
  assert.deepEqual(await new ProfileCache(path).latency(manifest(), SESSION, measure), KEPT);
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
    for (const [said, session] of others) await cache.latency(manifest(said), session, measure);
  }
  assert.equal(measure.calls, others.length);
});

Deno.test("a file that is no profile is measured anew and replaced", async () => {
  for (const content of ["", "{", "[]", `{"a": "fast"}`, `{"a": -1}`, `{"a": 5}`]) {
    await using folder = new Folder();
    const path = folder.write("profile.json", content);
    const measure = meter(5);
    assert.equal((await new ProfileCache(path).latency(manifest(), SESSION, measure)).p50Ms, 5);
    assert.equal((await new ProfileCache(path).latency(manifest(), SESSION, measure)).p50Ms, 5);
    assert.equal(measure.calls, 1, content);
  }
});

Deno.test("a path that cannot be written costs a measurement, not the run", async () => {
  await using folder = new Folder();
  const file = folder.write("a_file", "");
  const measure = meter(5);
  const cache = new ProfileCache(`${file}/profile.json`);
  assert.equal((await cache.latency(manifest(), SESSION, measure)).p50Ms, 5);
  assert.equal((await cache.latency(manifest(), SESSION, measure)).p50Ms, 5);
  assert.equal(measure.calls, 2);
  assert.deepEqual(folder.names(), ["a_file"]);
});

Deno.test("a latency too short to be told in thousandths does not spoil the file", async () => {
  await using folder = new Folder();
  const cache = new ProfileCache(folder.file("profile.json"));
  const slow = meter(5);
  await cache.latency(manifest({ name: "slow" }), SESSION, slow);
  await cache.latency(manifest({ name: "nothing" }), SESSION, meter(0.0001));
  await cache.latency(manifest({ name: "slow" }), SESSION, slow);
  assert.equal(slow.calls, 1);
});

Deno.test("what is kept replaces what was known, and is found again", async () => {
  await using folder = new Folder();
  const path = folder.file("profile.json");
  const cache = new ProfileCache(path);
  assert.equal(await cache.find(manifest(), SESSION), undefined);
  await cache.latency(manifest(), SESSION, meter(5));
  await cache.keep(manifest(), SESSION, { p50Ms: 7, p95Ms: 9 });
  assert.deepEqual(await new ProfileCache(path).find(manifest(), SESSION), { p50Ms: 7, p95Ms: 9 });
});
