import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { anySnapshot } from "./any_snapshot.ts";
import { EXTREMES, ONE_SIDED } from "./extremes.ts";

Deno.test("the same chance draws the same snapshot, and all that may be unknown is at times", () => {
  const unknown = new Map<string, number>();
  for (let seed = 0; seed < 300; seed++) {
    const snapshot = anySnapshot(seededRng(seed));
    assert.deepEqual(anySnapshot(seededRng(seed)), snapshot);
    for (const place of ["local", "cloud"] as const) {
      assert.ok(snapshot[place].models.length > 0);
      for (const [key, value] of Object.entries(snapshot[place])) {
        const name = `${place}.${key}`;
        unknown.set(name, (unknown.get(name) ?? 0) + (value === undefined ? 1 : 0));
      }
    }
    const { frame, results, last, cloud } = snapshot;
    assert.ok(results.length <= 8 && cloud.recent.length <= 20);
    assert.ok(cloud.underWay.length <= cloud.pending);
    assert.equal(last?.index, results.at(-1)?.index);
    assert.ok(results.every(({ index }) => index > 0 && index < frame.index));
    assert.ok((last?.bestScore ?? 0) <= 1);
  }
  const estimates = [...unknown].filter(([name]) => /(Ms|PerSec)$/.test(name));
  assert.equal(estimates.length, 9);
  for (const [name, count] of estimates) assert.ok(count > 30 && count < 270, `${name} ${count}`);
});

Deno.test("extremes have models at both places, what is one-sided at one", () => {
  for (const [extreme, { local, cloud }] of Object.entries(EXTREMES)) {
    assert.ok(local.models.length > 0 && cloud.models.length > 0, extreme);
  }
  for (const [extreme, { local, cloud }] of Object.entries(ONE_SIDED)) {
    assert.equal(Math.min(local.models.length, cloud.models.length), 0, extreme);
    assert.ok(local.models.length + cloud.models.length > 0, extreme);
  }
});
