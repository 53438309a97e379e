import assert from "node:assert/strict";
import { Folder } from "../tests/fakes/folder.ts";
import { manifest } from "../tests/fakes/models.ts";
import { ORT_VERSION } from "./accelerator/runtime_version.ts";
import { ProfileCache } from "./profile_cache.ts";
import { CPU } from "./provider.ts";
import type { SessionOptions } from "./network/session.ts";

const SESSION: SessionOptions = { threads: 1, provider: CPU };

/** What is measured where nothing is kept. */
const measured = (p50Ms: number) => ({ p50Ms, p95Ms: 2 * p50Ms });

/** Keeps a latency where none is known, as whoever loads a model does; tells whether it did. */
async function measureUnlessKnown(
  cache: ProfileCache,
  said: Parameters<typeof manifest>[0] = {},
  session = SESSION,
  p50Ms = 5,
): Promise<boolean> {
  if (await cache.find(manifest(said), session)) return false;
  await cache.keep(manifest(said), session, measured(p50Ms));
  return true;
}

Deno.test("a latency is kept in thousandths, in a directory that is made", async () => {
  await using folder = new Folder();
  const path = folder.file("deep/er/profile.json");
  const KEPT = { p50Ms: 12.346, p95Ms: 24.691 };
  const kept = await new ProfileCache(path).keep(manifest(), SESSION, measured(12.34567));
  assert.deepEqual(kept, KEPT);
  assert.deepEqual(await new ProfileCache(path).find(manifest(), SESSION), KEPT);
  assert.deepEqual(
    [...Deno.readDirSync(folder.file("deep/er"))].map(({ name }) => name),
    ["profile.json"],
    "nothing half-written is left",
  );
});

Deno.test("other weights, threads or providers are other measurements", async () => {
  await using folder = new Folder();
  const cache = new ProfileCache(folder.file("profile.json"));
  const others: [said: Parameters<typeof manifest>[0], session: SessionOptions][] = [
    [{}, SESSION],
    [{ name: "other" }, SESSION],
    [{ sha256: "1".repeat(64) }, SESSION],
    [{}, { ...SESSION, threads: 2 }],
    [{}, { ...SESSION, provider: { kind: "cuda", device: 0, name: "L4" } }],
    [{}, { ...SESSION, provider: { kind: "cuda", device: 0, name: "H100" } }],
  ];
  for (const isFirstRound of [true, false]) {
    for (const [said, session] of others) {
      assert.equal(await measureUnlessKnown(cache, said, session), isFirstRound);
    }
  }
});

Deno.test("a file that is no profile is measured anew and replaced", async () => {
  for (const content of ["", "{", "[]", `{"a": "fast"}`, `{"a": -1}`, `{"a": 5}`]) {
    await using folder = new Folder();
    const path = folder.write("profile.json", content);
    assert.equal(await measureUnlessKnown(new ProfileCache(path)), true, content);
    assert.equal(await measureUnlessKnown(new ProfileCache(path)), false, content);
  }
});

Deno.test("a path that cannot be written costs a measurement, not the run", async () => {
  await using folder = new Folder();
  const file = folder.write("a_file", "");
  const cache = new ProfileCache(`${file}/profile.json`);
  assert.deepEqual(await cache.keep(manifest(), SESSION, measured(5)), measured(5));
  assert.equal(await cache.find(manifest(), SESSION), undefined);
  assert.deepEqual(folder.names(), ["a_file"]);
});

Deno.test("a latency too short to be told in thousandths does not spoil the file", async () => {
  await using folder = new Folder();
  const cache = new ProfileCache(folder.file("profile.json"));
  assert.equal(await measureUnlessKnown(cache, { name: "slow" }), true);
  assert.equal(await measureUnlessKnown(cache, { name: "nothing" }, SESSION, 0.0001), true);
  assert.equal(await measureUnlessKnown(cache, { name: "slow" }), false);
});

Deno.test("what is kept replaces what was known, and is found again", async () => {
  await using folder = new Folder();
  const path = folder.file("profile.json");
  const cache = new ProfileCache(path);
  assert.equal(await cache.find(manifest(), SESSION), undefined);
  await cache.keep(manifest(), SESSION, measured(5));
  await cache.keep(manifest(), SESSION, { p50Ms: 7, p95Ms: 9 });
  assert.deepEqual(await new ProfileCache(path).find(manifest(), SESSION), { p50Ms: 7, p95Ms: 9 });
});

Deno.test("all that is known of a model is told with what it was measured on", async () => {
  await using folder = new Folder();
  const cache = new ProfileCache(folder.file("profile.json"));
  const provider = { kind: "cuda", device: 0, name: "H100" } as const;
  await cache.keep(manifest(), SESSION, { p50Ms: 7, p95Ms: 9 });
  await cache.keep(manifest(), { threads: 2, provider }, { p50Ms: 1, p95Ms: 2 });
  await cache.keep(manifest({ name: "other" }), SESSION, measured(5));
  await cache.keep(manifest({ sha256: "1".repeat(64) }), SESSION, measured(5));
  assert.deepEqual(await cache.all(manifest()), [
    { provider: "cpu", threads: 1, p50Ms: 7, p95Ms: 9 },
    { provider: "cuda:0 (H100)", threads: 2, p50Ms: 1, p95Ms: 2 },
  ]);
});

Deno.test("what another onnxruntime took says nothing of this one", async () => {
  await using folder = new Folder();
  const path = folder.file("profile.json");
  await new ProfileCache(path).keep(manifest(), SESSION, measured(5));
  const text = await Deno.readTextFile(path);
  assert.ok(text.includes(`| onnxruntime ${ORT_VERSION} |`));
  await Deno.writeTextFile(path, text.replace(`onnxruntime ${ORT_VERSION}`, "onnxruntime 1.2.3"));
  assert.equal(await new ProfileCache(path).find(manifest(), SESSION), undefined);
  assert.deepEqual(await new ProfileCache(path).all(manifest()), []);
});
