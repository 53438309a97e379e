/** A bottleneck that goes by a capacity of its own, as a network that is emulated has. */

import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { seededRng } from "../../core/rng.ts";
import { Bottleneck } from "./bottleneck.ts";
import { type Capacity, cutCapacity, steppedCapacity, tracedCapacity } from "./capacity.ts";
import type { Lane } from "./lane.ts";
import { openNetwork } from "./network.ts";
import { SharedWay, type Way } from "./shared_way.ts";

/** Three chances in 20 ms, of which two are at once, again and again. */
const TRACE = tracedCapacity([5, 10, 10, 20]);

function world(capacity: Capacity, said: Partial<Way> = {}, startAtMs = 0) {
  const clock = new FakeClock();
  const way = { capacity, delayMs: 0, jitterMs: 0, ...said };
  const link = new Bottleneck(way, clock, { rng: seededRng(7) });
  return { clock, way, link, begin: () => clock.advance(startAtMs) };
}

/** Notes when bytes come out, and how many. */
function arrivals(lane: Lane, clock: FakeClock): [atMs: number, bytes: number][] {
  const seen: [number, number][] = [];
  void (async () => {
    for (;;) {
      const load = await lane.receive();
      if (load === undefined) return;
      seen.push([Math.round(clock.nowMs() * 1e3) / 1e3, load.length]);
    }
  })();
  return seen;
}

const lastAtMs = (seen: readonly (readonly [number, number])[]) => seen.at(-1)?.[0];
const bytesOf = (seen: readonly (readonly [number, number])[]) =>
  seen.reduce((sum, [, bytes]) => sum + bytes, 0);

Deno.test("packets pass at the milliseconds that the trace says, and it begins anew", async () => {
  const { clock, link } = world(TRACE, { delayMs: 100 });
  const lane = link.lane();
  const seen = arrivals(lane, clock);
  void lane.send(new Uint8Array(9000));
  await clock.advance(1000);
  assert.deepEqual(seen, [[105, 1500], [110, 3000], [120, 1500], [125, 1500], [130, 1500]]);
});

Deno.test("a chance that nobody takes is lost, and small packets share one", async () => {
  const { clock, link } = world(TRACE);
  const lane = link.lane();
  const seen = arrivals(lane, clock);
  await clock.advance(7);
  for (let n = 0; n < 4; n++) void lane.send(new Uint8Array(500));
  await clock.advance(4); // 500 bytes of the second chance at 10 are left, and are lost
  void lane.send(new Uint8Array(1500));
  await clock.advance(1000);
  assert.deepEqual(seen, [[10, 2000], [20, 1500]]);
});

Deno.test("its time begins with the first connection", async () => {
  const { clock, link } = world(TRACE);
  await clock.advance(123_456.7);
  assert.equal(link.carriedBytes, 0);
  const seen = arrivals(link.lane(), clock);
  const lane = link.lane();
  const sent = arrivals(lane, clock);
  void lane.send(new Uint8Array(1500));
  await clock.advance(1000);
  assert.deepEqual([seen, sent], [[], [[123_461.7, 1500]]]);
});

Deno.test("a link that is cut before it is used begins when it is mended", async () => {
  const { clock, link } = world(TRACE);
  link.cut();
  await clock.advance(50);
  const lane = link.lane();
  const seen = arrivals(lane, clock);
  void lane.send(new Uint8Array(1500));
  await clock.advance(50);
  link.mend();
  await clock.advance(50);
  assert.deepEqual(seen, [[105, 1500]]);
});

Deno.test("one transfer takes as long as in the simulation, over every form of network", async () => {
  const specs = [
    "constant:4mbit?delay=20",
    "steps:8mbit*0.2,0*0.1,1mbit*0.3",
    "lte?delay=35",
    "evdo",
    "umts?start=12&cut=0.3-0.7,1-1.5",
  ];
  for (const spec of specs) {
    const { up } = openNetwork(spec, "/");
    for (
      const [startAtMs, bytes] of [[0, 1], [3, 1500], [250, 30_000], [777.7, 123_456]] as const
    ) {
      const taken = await Promise.all([
        inSimulation(up, startAtMs, bytes),
        live(up, startAtMs, bytes),
      ]);
      assert.ok(
        Math.abs(taken[0] - taken[1]!) < 1e-3,
        `${spec}: ${bytes} bytes at ${startAtMs} ms take until ${taken.join(" and ")} ms`,
      );
    }
  }
});

/** When so many bytes are there in a simulation. */
async function inSimulation(way: Way, startAtMs: number, bytes: number): Promise<number> {
  const clock = new FakeClock();
  const shared = new SharedWay(way, clock, seededRng(1));
  await clock.advance(startAtMs);
  await clock.until(shared.carry(bytes, new AbortController().signal));
  return clock.nowMs();
}

/** When so many bytes have come out of a bottleneck. */
async function live(way: Way, startAtMs: number, bytes: number): Promise<number> {
  const clock = new FakeClock();
  const link = new Bottleneck(way, clock);
  const lane = link.lane();
  await clock.advance(startAtMs);
  void lane.send(new Uint8Array(bytes));
  for (let left = bytes; left > 0;) {
    left -= (await clock.until(lane.receive()))!.length;
  }
  return clock.nowMs();
}

Deno.test("who shares it has as much as in the simulation, but for a packet", async () => {
  const { up: way } = openNetwork("lte?seed=3", "/");
  const clock = new FakeClock();
  const shared = new SharedWay(way, clock, seededRng(1));
  const link = new Bottleneck(way, clock);
  const sizes = [20_000, 60_000, 45_000];
  const simulated = sizes.map(async (bytes) => {
    await shared.carry(bytes, new AbortController().signal);
    return clock.nowMs();
  });
  const lived = sizes.map(async (bytes) => {
    const lane = link.lane();
    void lane.send(new Uint8Array(bytes));
    for (let left = bytes; left > 0;) left -= (await lane.receive())!.length;
    return clock.nowMs();
  });
  const [a, b] = await clock.until(Promise.all([Promise.all(simulated), Promise.all(lived)]));
  for (const [i, atMs] of a.entries()) {
    const packets = way.capacity.bytesUntil(atMs - way.delayMs) -
      way.capacity.bytesUntil(b[i]! - way.delayMs);
    assert.ok(Math.abs(packets) <= 3 * 1500, `${sizes[i]} bytes: ${atMs} and ${b[i]} ms`);
  }
});

Deno.test("what comes after a pause is late by another part of the jitter, and nothing overtakes", async () => {
  const { clock, link } = world(steppedCapacity([{ fromMs: 0, bytesPerSec: 1.5e6 }], 1000), {
    ...{ delayMs: 30, jitterMs: 40 },
  });
  const lanes = [link.lane(), link.lane()];
  const seen = lanes.map((lane) => arrivals(lane, clock));
  const late: number[] = [];
  for (let n = 0; n < 400; n++) {
    const lane = n % 2;
    const sentAtMs = clock.nowMs();
    void lanes[lane]!.send(new Uint8Array(15_000)); // 10 ms
    await clock.advance(100);
    late.push(lastAtMs(seen[lane]!)! - sentAtMs - 10 - 30);
  }
  assert.equal(bytesOf(seen.flat()), 400 * 15_000);
  assert.ok(Math.min(...late) >= 0 && Math.max(...late) <= 40.001);
  const mean = late.reduce((a, b) => a + b) / late.length;
  assert.ok(Math.abs(mean - 20) < 2, `${mean} ms in the mean`);
  // Small ones in a hurry, of which each alone would be late by another part.
  const order: number[] = [];
  const each = Array.from({ length: 50 }, () => link.lane());
  each.forEach(async (lane, i) => {
    await lane.receive();
    order.push(i);
  });
  for (const lane of each) {
    void lane.send(new Uint8Array(15));
    await clock.advance(1);
  }
  await clock.advance(200);
  assert.deepEqual(order, each.map((_, i) => i));
});

Deno.test("in a cut of the network nothing passes, and what has passed arrives", async () => {
  const capacity = cutCapacity(TRACE, [{ fromMs: 12, toMs: 1000 }]);
  const { clock, link } = world(capacity, { delayMs: 50 });
  const lane = link.lane();
  const seen = arrivals(lane, clock);
  void lane.send(new Uint8Array(6000));
  await clock.advance(2000);
  assert.deepEqual(seen, [[55, 1500], [60, 3000], [1055, 1500]]);
  link.close();
  assert.equal(clock.sleeping, 0);
});

Deno.test("a delay that is changed leaves packets their place in the trace", async () => {
  const { clock, link } = world(TRACE);
  const lane = link.lane();
  const seen = arrivals(lane, clock);
  void lane.send(new Uint8Array(3500));
  await clock.advance(7);
  link.reshape({ delayMs: 5 });
  await clock.advance(100);
  assert.deepEqual(seen, [[5, 1500], [15, 2000]]);
  link.reshape({ bytesPerSec: 15_000 });
  void lane.send(new Uint8Array(1500));
  await clock.advance(1000);
  assert.deepEqual(seen.at(-1), [107 + 100 + 5, 1500]);
  assert.throws(() => new Bottleneck({ capacity: TRACE, delayMs: 0, jitterMs: -1 }, clock), {
    message: "Cannot shape a link with a jitter of -1 ms: 0 to 60000 is wanted",
  });
});
