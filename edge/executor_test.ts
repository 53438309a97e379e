import assert from "node:assert/strict";
import { OVERFLOW_RULES } from "../core/bounded_queue.ts";
import { FakeClock, idle } from "../core/fake_clock.ts";
import { pickIndex, seededRng } from "../core/rng.ts";
import { Executor, type LaneOptions } from "./executor.ts";

const never = () => assert.fail("nothing is dropped");

/** A lane whose tasks take `workMs` each, and what became of them. */
function laneOf(
  executor: Executor,
  clock: FakeClock,
  name: string,
  order: string[],
  said: Partial<LaneOptions<number>> & { readonly workMs?: number } = {},
) {
  return executor.lane<number>({
    queueLengthMax: 100,
    overflow: "wait",
    perform: async (task) => {
      order.push(`${name}${task}`);
      await clock.sleep(said.workMs ?? 10);
    },
    onDrop: never,
    ...said,
  });
}

Deno.test("lanes in which tasks wait are served in turn, whoever brought more", async () => {
  const clock = new FakeClock();
  const executor = new Executor(1);
  const order: string[] = [];
  const a = laneOf(executor, clock, "a", order);
  const b = laneOf(executor, clock, "b", order);
  const c = laneOf(executor, clock, "c", order);
  for (let task = 1; task <= 6; task++) void a.submit(task);
  for (let task = 1; task <= 3; task++) void b.submit(task);
  await clock.advance(35);
  void c.submit(1);
  await clock.until(Promise.all([a.finish(), b.finish(), c.finish()]));
  assert.equal(order.join(" "), "a1 b1 a2 b2 c1 a3 b3 a4 a5 a6");
});

Deno.test("no more tasks than slots are under way, and no slot is idle while one waits", async () => {
  const clock = new FakeClock();
  const executor = new Executor(3);
  const order: string[] = [];
  const lanes = ["a", "b"].map((name) => laneOf(executor, clock, name, order));
  for (let task = 1; task <= 10; task++) for (const lane of lanes) void lane.submit(task);
  assert.equal(executor.running, 3);
  await clock.advance(59);
  assert.equal(executor.running, 3);
  await clock.until(Promise.all(lanes.map((lane) => lane.finish())));
  assert.deepEqual([executor.running, order.length, clock.nowMs()], [0, 20, 70]);
});

Deno.test("a lane has its own rule: what it drops comes back with the reason", async () => {
  const clock = new FakeClock();
  const executor = new Executor(1);
  const order: string[] = [];
  const dropped: [number, string][] = [];
  const onDrop = (task: number, why: string) => void dropped.push([task, why]);
  const held = laneOf(executor, clock, "held", order, { workMs: 100 });
  const hasty = laneOf(executor, clock, "hasty", order, {
    queueLengthMax: 2,
    overflow: "drop_newest",
    onDrop,
  });
  await held.submit(1);
  for (const task of [1, 2, 3, 4]) await hasty.submit(task);
  assert.deepEqual(
    dropped,
    [3, 4].map((task) => [
      task,
      "the queue of 2 frames was full (overflow = drop_newest)",
    ]),
  );
  await clock.until(Promise.all([held.finish(), hasty.finish()]));
  assert.deepEqual(order, ["held1", "hasty1", "hasty2"]);
});

Deno.test("an adaptive lane says how long what it drops had waited", async () => {
  const clock = new FakeClock();
  const order: string[] = [];
  const dropped: string[] = [];
  const lane = laneOf(new Executor(1), clock, "", order, {
    ...{ workMs: 200, queueLengthMax: 3, overflow: "adaptive", clock },
    onDrop: (task, why) => void dropped.push(`${task}: ${why}`),
  });
  for (let task = 1; task <= 10; task++) {
    await lane.submit(task);
    await clock.advance(100);
  }
  await clock.until(lane.finish());
  assert.equal(order.length + dropped.length, 10);
  assert.equal(order.at(-1), "10", "the newest is done");
  const said = dropped.join("\n");
  assert.match(said, /^8: the queue was too slow, it had waited 300 ms \(overflow = adaptive\)$/m);
  assert.match(
    said,
    /^5: the queue of 3 frames was full, it had waited 300 ms \(overflow = adaptive\)$/m,
  );
});

Deno.test("a lane is finished when all that was brought is done, also what waited at its door", async () => {
  const clock = new FakeClock();
  const executor = new Executor(1);
  const order: string[] = [];
  const lane = laneOf(executor, clock, "", order, { queueLengthMax: 1 });
  for (const task of [1, 2, 3, 4]) void lane.submit(task);
  await clock.until(lane.finish());
  assert.deepEqual(order, ["1", "2", "3", "4"]);
  await laneOf(executor, clock, "", order).finish();
});

Deno.test("a held lane takes nothing until it is released; what it has goes on", async () => {
  const clock = new FakeClock();
  const order: string[] = [];
  const lane = laneOf(new Executor(1), clock, "", order);
  await lane.submit(1);
  await lane.submit(2);
  lane.hold();
  const admitted = lane.submit(3);
  await clock.advance(100);
  assert.deepEqual(order, ["1", "2"]);
  lane.release();
  await admitted;
  await clock.until(lane.finish());
  assert.deepEqual(order, ["1", "2", "3"]);
});

Deno.test("a task that throws takes no slot with it; whoever waits for the end hears of it", async () => {
  const clock = new FakeClock();
  const executor = new Executor(1);
  const order: string[] = [];
  const broken = laneOf(executor, clock, "broken", order, {
    perform: (task) => Promise.reject(new Error(`task ${task} broke`)),
  });
  const whole = laneOf(executor, clock, "whole", order);
  for (const task of [1, 2]) for (const lane of [broken, whole]) await lane.submit(task);
  const finishing = assert.rejects(broken.finish(), /^Error: task 1 broke$/);
  await clock.until(Promise.all([finishing, whole.finish()]));
  assert.deepEqual(order, ["whole1", "whole2"]);
});

Deno.test("an executor without a slot is refused", () => {
  for (const slots of [0, 1.5, NaN]) assert.throws(() => new Executor(slots), RangeError);
});

Deno.test("simulation: each lane gets its share, and every task is done once or dropped once", async () => {
  for (let seed = 0; seed < 200; seed++) {
    const rng = seededRng(seed);
    const clock = new FakeClock();
    const executor = new Executor(1 + pickIndex(rng, 3));
    let most = 0;
    const lanes = Array.from({ length: 1 + pickIndex(rng, 3) }, () => {
      const ended: number[] = [];
      const count = pickIndex(rng, 30);
      const lane = executor.lane<number>({
        queueLengthMax: 1 + pickIndex(rng, 4),
        overflow: OVERFLOW_RULES[pickIndex(rng, OVERFLOW_RULES.length)]!,
        clock,
        perform: async (task) => {
          most = Math.max(most, executor.running);
          await clock.sleep(pickIndex(rng, 20));
          ended.push(task);
        },
        onDrop: (task) => void ended.push(task),
      });
      return { lane, ended, count };
    });
    await clock.until(Promise.all(lanes.map(async ({ lane, count }) => {
      for (let task = 0; task < count; task++) {
        await lane.submit(task);
        if (rng() < 0.5) await clock.sleep(pickIndex(rng, 10));
      }
      await lane.finish();
    })));
    await idle();
    for (const { ended, count } of lanes) {
      const all = Array.from({ length: count }, (_, task) => task);
      assert.deepEqual(ended.toSorted((a, b) => a - b), all, `seed ${seed}`);
    }
    assert.equal(executor.running, 0, `seed ${seed}`);
    assert.ok(most <= executor.slots, `seed ${seed}`);
  }
});
