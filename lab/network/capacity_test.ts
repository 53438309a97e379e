import assert from "node:assert/strict";
import { pickIndex, seededRng } from "../../core/rng.ts";
import {
  type Capacity,
  constantCapacity,
  cutCapacity,
  startingAt,
  steppedCapacity,
  tracedCapacity,
} from "./capacity.ts";

/** A link of any kind, from a seed. */
function anyCapacity(seed: number): Capacity {
  const rng = seededRng(seed);
  const step = (_: unknown, i: number) => ({
    fromMs: i * 100 + (i > 0 ? pickIndex(rng, 90) : 0),
    bytesPerSec: rng() < 0.2 ? 0 : 1000 + pickIndex(rng, 100_000),
  });
  const kinds = [
    () => constantCapacity(1 + pickIndex(rng, 100_000)),
    () =>
      steppedCapacity(
        [...Array.from({ length: 5 }, step), { fromMs: 600, bytesPerSec: 5000 }],
        700,
      ),
    () => {
      const trace = Array.from({ length: 50 }, () => pickIndex(rng, 1000)).sort((a, b) => a - b);
      return tracedCapacity([...trace, 1000]);
    },
  ];
  const plain = kinds[pickIndex(rng, 3)]!();
  const started = rng() < 0.5 ? startingAt(plain, pickIndex(rng, 3000)) : plain;
  if (rng() < 0.5) return started;
  const fromMs = pickIndex(rng, 500);
  return cutCapacity(started, [
    { fromMs, toMs: fromMs + 1 + pickIndex(rng, 700) },
    { fromMs: fromMs + 1000, toMs: fromMs + 1300 },
  ]);
}

Deno.test("a capacity never falls, and its two functions are each other's inverse (300 seeds)", () => {
  for (let seed = 0; seed < 300; seed++) {
    const capacity = anyCapacity(seed);
    let last = -1;
    for (let atMs = 0; atMs < 5000; atMs += 13) {
      const bytes = capacity.bytesUntil(atMs);
      assert.ok(bytes >= last, `seed ${seed}: falls at ${atMs}`);
      last = bytes;
    }
    for (let bytes = 1; bytes < 60_000; bytes += 997) {
      const atMs = capacity.whenPassed(bytes);
      assert.ok(
        capacity.bytesUntil(atMs + 1e-6) >= bytes - 1e-3,
        `seed ${seed}: ${bytes} by ${atMs}`,
      );
      if (atMs > 1e-3) {
        assert.ok(
          capacity.bytesUntil(atMs - 1e-3) <= bytes + 1e-3,
          `seed ${seed}: not before ${atMs}`,
        );
      }
    }
  }
});

Deno.test("a trace lets a packet pass at each of its times, and begins anew", () => {
  const trace = tracedCapacity([2, 2, 5, 10]);
  assert.deepEqual([0, 1.9, 2, 4, 5, 9, 10, 11.9, 12].map((at) => trace.bytesUntil(at) / 1500), [
    ...[0, 0, 2, 2, 3, 3, 4, 4, 6],
  ]);
  assert.deepEqual([1, 1500, 1501, 3001, 6000, 6001].map(trace.whenPassed), [2, 2, 2, 5, 10, 12]);
});

Deno.test("what could have passed in a cut is lost", () => {
  const cut = cutCapacity(constantCapacity(1000), [{ fromMs: 100, toMs: 300 }]);
  assert.deepEqual([100, 200, 300, 400].map(cut.bytesUntil), [100, 100, 100, 200]);
  assert.deepEqual([50, 100, 101, 200].map(cut.whenPassed), [50, 100, 301, 400]);
});

Deno.test("a link that nothing would ever pass is refused", () => {
  assert.throws(() => constantCapacity(0), /nothing would ever pass/);
  assert.throws(() => tracedCapacity([]), RangeError);
  assert.throws(() => tracedCapacity([5, 3]), RangeError);
  assert.throws(() => steppedCapacity([{ fromMs: 5, bytesPerSec: 1 }], 10), RangeError);
});
