import assert from "node:assert/strict";
import { FakeClock, idle } from "./fake_clock.ts";
import { BoundedQueue, OVERFLOW_RULES } from "./bounded_queue.ts";
import { pickIndex, seededRng } from "./rng.ts";

/** What a queue gives when everything in it is taken. */
function drainOf<T>(queue: BoundedQueue<T>): T[] {
  const taken: T[] = [];
  while (queue.length > 0) taken.push(queue.take()!);
  return taken;
}

/** Whether a push is through. */
function seen(pushing: Promise<void>): { through: boolean } {
  const push = { through: false };
  void pushing.then(() => push.through = true);
  return push;
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
    assert.deepEqual(drainOf(queue), taken);
    assert.deepEqual(lost, dropped);
  });
}

Deno.test("a full queue under wait lets the pusher wait until there is room", async () => {
  const queue = new BoundedQueue<number>(1, "wait", () => assert.fail("nothing is dropped"));
  await queue.push(1);
  const second = seen(queue.push(2));
  await idle();
  assert.deepEqual([second.through, queue.length, queue.atDoor], [false, 1, 1]);
  assert.equal(queue.take(), 1);
  await idle();
  assert.deepEqual([second.through, queue.length, queue.atDoor], [true, 1, 0]);
  assert.deepEqual([queue.take(), queue.take()], [2, undefined]);
});

Deno.test("who waits at the door comes in before who comes later", async () => {
  const queue = new BoundedQueue<string>(1, "wait", () => assert.fail("nothing is dropped"));
  for (const item of ["a", "b", "c"]) void queue.push(item);
  assert.equal(queue.take(), "a");
  void queue.push("d"); // there was room for a moment: it is b's
  assert.deepEqual(drainOf(queue), ["b", "c", "d"]);
  await idle();
});

Deno.test("a held queue lets nobody in, and gives what it has", async () => {
  const queue = new BoundedQueue<number>(2, "wait", () => assert.fail("nothing is dropped"));
  await queue.push(1);
  queue.hold();
  const pushes = [2, 3, 4].map((item) => seen(queue.push(item)));
  assert.equal(queue.take(), 1);
  await idle();
  assert.deepEqual([queue.length, queue.atDoor], [0, 3]);
  queue.release();
  await idle();
  assert.deepEqual(pushes.map(({ through }) => through), [true, true, false]);
  assert.deepEqual(drainOf(queue), [2, 3, 4]);
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
    const clock = new FakeClock();
    const queue = new BoundedQueue<number>(lengthMax, rule, (item) => dropped.push(item), clock);
    const take = () => {
      const { length } = queue;
      const item = queue.take();
      assert.equal(item !== undefined, length > 0, `${why}: only an empty queue gives nothing`);
      if (item !== undefined) taken.push(item);
    };
    const pushing: Promise<void>[] = [];
    const count = pickIndex(rng, 60);
    for (let item = 0; item < count; item++) {
      pushing.push(queue.push(item));
      assert.ok(queue.length <= lengthMax, why);
      clock.jump(pickIndex(rng, 200));
      if (rng() < 0.1) queue.hold();
      if (rng() < 0.2) queue.release();
      for (let takes = pickIndex(rng, 3); takes > 0; takes--) take();
    }
    queue.release();
    while (queue.length + queue.atDoor > 0) take();
    await Promise.all(pushing);
    assert.equal(taken.length + dropped.length, count, why);
    assert.deepEqual(taken, taken.toSorted((a, b) => a - b), `${why}: first in, first out`);
    assert.equal(new Set([...taken, ...dropped]).size, count, why);
    if (rule === "wait") assert.deepEqual(dropped, [], why);
  }
});
