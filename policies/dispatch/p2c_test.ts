import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { among, candidate } from "../../tests/fakes/dispatch.ts";
import { p2c, sampleOf } from "./p2c.ts";

const fleet = Array.from({ length: 5 }, (_, i) => candidate(`s${i}`, { inFlight: i }));

Deno.test("of two the one with fewer in flight: the last of all is never taken, others more often", () => {
  const rng = seededRng(1);
  const counted = new Array(5).fill(0);
  for (let i = 0; i < 10_000; i++) counted[Number(p2c(among(fleet), rng)[1])]++;
  // The i-th is taken where the other one is one of the 4 - i that have more: 2 (4 - i) / (5 · 4).
  for (const [i, count] of counted.entries()) {
    assert.ok(Math.abs(count / 10_000 - (4 - i) / 10) < 0.02, `${counted}`);
  }
});

Deno.test("more choices look at more of them", () => {
  const rng = seededRng(1);
  for (let i = 0; i < 100; i++) assert.equal(p2c(among(fleet, i, { choices: 5 }), rng), "s0");
  assert.equal(p2c(among(fleet.slice(3, 4)), rng), "s3");
});

Deno.test("none is chosen twice, and each as often as the others", () => {
  const rng = seededRng(2);
  const counted: Record<string, number> = {};
  for (let i = 0; i < 10_000; i++) {
    const names = sampleOf(fleet, 3, rng).map(({ name }) => name);
    assert.equal(new Set(names).size, 3);
    for (const name of names) counted[name] = (counted[name] ?? 0) + 1;
  }
  for (const count of Object.values(counted)) assert.ok(Math.abs(count - 6000) < 200, `${count}`);
  assert.equal(sampleOf(fleet, 9, rng).length, 5);
});
