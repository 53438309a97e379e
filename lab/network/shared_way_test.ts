import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { type Rng, seededRng } from "../../core/rng.ts";
import { constantCapacity, steppedCapacity } from "./capacity.ts";
import { SharedWay, type Way } from "./shared_way.ts";

const NEVER = new AbortController().signal;
/** A byte a millisecond. */
const SLOW: Way = { capacity: constantCapacity(1000), delayMs: 0, jitterMs: 0 };

interface Sent {
  readonly atMs: number;
  readonly bytes: number;
  readonly abortAtMs?: number;
}

/** When each of some transfers is there; those that were given up never are. */
async function arrivals(way: Way, sent: readonly Sent[], rng: Rng = () => 0) {
  const clock = new FakeClock();
  const shared = new SharedWay(way, clock, rng);
  const there: (number | undefined)[] = sent.map(() => undefined);
  const over = sent.map(async ({ atMs, bytes, abortAtMs }, i) => {
    await clock.sleep(atMs);
    const abort = new AbortController();
    const carried = shared.carry(bytes, abort.signal).then(() => {
      there[i] = clock.nowMs();
    });
    if (abortAtMs === undefined) return await carried;
    await clock.sleep(abortAtMs - atMs);
    abort.abort();
  });
  await clock.until(Promise.all(over));
  return { there: there.map((ms) => ms && Number(ms.toFixed(6))), bytes: shared.carriedBytes };
}

Deno.test("a way: one alone has all of it, and flies on behind it", async () => {
  const { there, bytes } = await arrivals({ ...SLOW, delayMs: 20 }, [{ atMs: 5, bytes: 500 }]);
  assert.deepEqual([there, bytes], [[525], 500]);
  assert.deepEqual((await arrivals(SLOW, [{ atMs: 5, bytes: 0 }])).there, [5]);
});

Deno.test("a way: those under way have equal shares, whenever they come", async () => {
  const both = await arrivals(SLOW, [{ atMs: 0, bytes: 1000 }, { atMs: 0, bytes: 1000 }]);
  assert.deepEqual([both.there, both.bytes], [[2000, 2000], 2000]);
  // Half of the first is through when the second comes.
  const later = await arrivals(SLOW, [{ atMs: 0, bytes: 1000 }, { atMs: 500, bytes: 1000 }]);
  assert.deepEqual(later.there, [1500, 2000]);
  const small = await arrivals(SLOW, [
    { atMs: 0, bytes: 900 },
    { atMs: 0, bytes: 300 },
    { atMs: 0, bytes: 600 },
  ]);
  assert.deepEqual(small.there, [1800, 900, 1500]);
});

Deno.test("a way: what is given up leaves its share to the others", async () => {
  const { there, bytes } = await arrivals(SLOW, [
    { atMs: 0, bytes: 1000, abortAtMs: 500 },
    { atMs: 0, bytes: 1000 },
  ]);
  assert.deepEqual(there, [undefined, 1250]);
  assert.equal(bytes, 1250, "what had passed of it has passed");
});

Deno.test("a way: what was given up before it began is not carried", async () => {
  const clock = new FakeClock();
  const shared = new SharedWay(SLOW, clock, () => 0);
  const abort = new AbortController();
  abort.abort();
  void shared.carry(1000, abort.signal).then(() => assert.fail("it was given up"));
  await clock.until(shared.carry(100, NEVER));
  assert.deepEqual([clock.nowMs(), shared.carriedBytes], [100, 100]);
});

Deno.test("a way: chances that nobody takes are lost, and nothing passes in a pause", async () => {
  const capacity = steppedCapacity([
    { fromMs: 0, bytesPerSec: 1000 },
    { fromMs: 1000, bytesPerSec: 0 },
  ], 3000);
  const { there } = await arrivals({ ...SLOW, capacity }, [
    { atMs: 900, bytes: 300 },
    { atMs: 1500, bytes: 100 },
  ]);
  // 100 pass until 1000; from 3000 on both share: 200 and 100 of it.
  assert.deepEqual(there, [3300, 3200]);
});

Deno.test("a way: jitter is within its bounds, and nothing overtakes", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const rng = seededRng(seed);
    const sent = Array.from({ length: 30 }, () => (
      { atMs: Math.floor(rng() * 2000), bytes: 1 + Math.floor(rng() * 80) }
    ));
    const plain = (await arrivals({ ...SLOW, delayMs: 10 }, sent)).there as number[];
    const late = (await arrivals({ ...SLOW, delayMs: 10, jitterMs: 200 }, sent, rng))
      .there as number[];
    const order = plain.map((_, i) => i).sort((a, b) => plain[a]! - plain[b]! || a - b);
    for (const [at, i] of order.entries()) {
      assert.ok(late[i]! >= plain[i]! - 1e-6 && late[i]! <= plain[i]! + 200 + 1e-6);
      const before = order[at - 1];
      if (before !== undefined && plain[before]! < plain[i]!) assert.ok(late[before]! <= late[i]!);
    }
  }
});

Deno.test("a way: it is never idle while something is to be carried, and carries no more than it can", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const rng = seededRng(seed);
    const sent = Array.from({ length: 25 }, () => (
      { atMs: Math.floor(rng() * 1000), bytes: 1 + Math.floor(rng() * 100) }
    ));
    const { there, bytes } = await arrivals(SLOW, sent);
    assert.equal(Math.round(bytes), sent.reduce((sum, one) => sum + one.bytes, 0));
    // One after the other, as a queue would: sharing ends at the same time.
    let free = 0;
    for (const { atMs, bytes } of sent.toSorted((a, b) => a.atMs - b.atMs)) {
      free = Math.max(free, atMs) + bytes;
    }
    assert.ok(Math.abs(Math.max(...there as number[]) - free) < 1e-3, `${seed}`);
    for (const [i, { atMs, bytes }] of sent.entries()) assert.ok(there[i]! >= atMs + bytes - 1e-3);
  }
});
