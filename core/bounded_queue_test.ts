import assert from "node:assert/strict";
import { idle } from "./fake_clock.ts";
import { BoundedQueue, OVERFLOW_RULES } from "./bounded_queue.ts";
import { pickIndex, seededRng } from "./rng.ts";

/** What a queue gives when everything in it is taken. */
async function drainOf<T>(queue: BoundedQueue<T>): Promise<T[]> {
  const taken: T[] = [];
  while (queue.length > 0) taken.push((await queue.take())!);
  return taken;
}

for (
  const { rule, taken, dropped } of [
    { rule: "drop_oldest", taken: [3, 4], dropped: [1, 2] },
    { rule: "drop_newest", taken: [1, 2], dropped: [3, 4] },
  ] as const
) {
  Deno.test(`a full queue under ${rule} keeps its length and hands over what it drops`, async () => {
    const lost: number[] = [];
    const queue = new BoundedQueue<number>(2, rule, (item) => lost.push(item));
    for (const item of [1, 2, 3, 4]) await queue.push(item);
    assert.equal(queue.length, 2);
    assert.deepEqual(await drainOf(queue), taken);
    assert.deepEqual(lost, dropped);
  });
}

Deno.test("a full queue under wait lets the pusher wait until there is room", async () => {
  const queue = new BoundedQueue<number>(1, "wait", () => assert.fail("nothing is dropped"));
  await queue.push(1);
  let pushed = false;
  const pushing = queue.push(2).then(() => pushed = true);
  await idle();
  assert.ok(!pushed, "it waits");
  assert.equal(await queue.take(), 1);
  await pushing;
  assert.equal(await queue.take(), 2);
});

Deno.test("takers that wait are served first come, first served", async () => {
  const queue = new BoundedQueue<string>(1, "drop_newest", () => assert.fail("nothing is dropped"));
  const [first, second] = [queue.take(), queue.take()];
  await queue.push("a");
  await queue.push("b");
  assert.deepEqual(await Promise.all([first, second]), ["a", "b"]);
});

Deno.test("a closed queue gives what is left, then undefined, and drops what still comes", async () => {
  const dropped: number[] = [];
  const queue = new BoundedQueue<number>(2, "wait", (item) => dropped.push(item));
  await queue.push(1);
  await queue.push(2);
  const waiting = queue.push(3);
  queue.close();
  await waiting;
  await queue.push(4);
  assert.deepEqual([await queue.take(), await queue.take(), await queue.take()], [1, 2, undefined]);
  assert.deepEqual(dropped, [3, 4]);
});

Deno.test("closing wakes takers that wait", async () => {
  const queue = new BoundedQueue<number>(1, "wait", () => {});
  const taking = queue.take();
  queue.close();
  assert.equal(await taking, undefined);
});

Deno.test("clearing drops what waits and makes room", async () => {
  const dropped: number[] = [];
  const queue = new BoundedQueue<number>(1, "wait", (item) => dropped.push(item));
  await queue.push(1);
  const waiting = queue.push(2);
  queue.clear();
  await waiting;
  assert.deepEqual(dropped, [1]);
  assert.equal(await queue.take(), 2);
});

Deno.test("a queue without room is refused", () => {
  for (const lengthMax of [0, -1, 1.5, NaN]) {
    assert.throws(() => new BoundedQueue(lengthMax, "wait", () => {}), RangeError);
  }
});

Deno.test("simulation: pushed = taken + dropped, in order, never longer than the limit", async () => {
  for (let seed = 0; seed < 300; seed++) {
    const rng = seededRng(seed);
    const rule = OVERFLOW_RULES[pickIndex(rng, OVERFLOW_RULES.length)]!;
    const lengthMax = 1 + pickIndex(rng, 4);
    const why = `seed ${seed}, ${rule}, at most ${lengthMax}`;
    const taken: number[] = [];
    const dropped: number[] = [];
    const queue = new BoundedQueue<number>(lengthMax, rule, (item) => dropped.push(item));
    const count = pickIndex(rng, 60);
    const pushing = (async () => {
      for (let item = 0; item < count; item++) {
        await queue.push(item);
        assert.ok(queue.length <= lengthMax, why);
        if (rng() < 0.4) await idle();
        if (rng() < 0.02) queue.clear();
      }
      queue.close();
    })();
    const takers = Array.from({ length: 1 + pickIndex(rng, 3) }, async () => {
      for (let item = await queue.take(); item !== undefined; item = await queue.take()) {
        taken.push(item);
        if (rng() < 0.5) await idle();
      }
    });
    await Promise.all([pushing, ...takers]);
    assert.equal(taken.length + dropped.length, count, why);
    assert.deepEqual(taken, taken.toSorted((a, b) => a - b), `${why}: first in, first out`);
    assert.equal(new Set([...taken, ...dropped]).size, count, why);
  }
});
