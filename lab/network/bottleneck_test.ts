import assert from "node:assert/strict";
import type { Clock } from "../../core/clock.ts";
import { FakeClock, idle } from "../../core/fake_clock.ts";
import { Bottleneck, type LinkShape } from "./bottleneck.ts";
import type { Lane } from "./lane.ts";

/** What came out of a lane: bytes or a mark, and when. */
type Arrival = readonly [atMs: number, what: number | string];

/** A link of virtual time with nothing on it. */
function world(shape: Partial<LinkShape> = {}) {
  const clock = new FakeClock();
  const link = new Bottleneck({ bytesPerSec: 15_000, delayMs: 0, ...shape }, clock);
  return { clock, link };
}

/** Notes what comes out of the lane, until it is closed. */
function arrivals(lane: Lane, clock: Clock): Arrival[] {
  const seen: Arrival[] = [];
  void (async () => {
    for (;;) {
      const load = await lane.receive();
      if (load === undefined) return void seen.push([clock.nowMs(), "closed"]);
      seen.push([clock.nowMs(), typeof load === "string" ? load : load.length]);
    }
  })();
  return seen;
}

/** Sends as much as the lane takes. */
async function flood(lane: Lane, signal: AbortSignal, bytes = 3000): Promise<void> {
  while (!signal.aborted) await lane.send(new Uint8Array(bytes));
}

const sumOf = (seen: readonly Arrival[]) =>
  seen.reduce((sum, [, what]) => sum + (typeof what === "number" ? what : 0), 0);

const rounded = (seen: readonly Arrival[]) => seen.map(([at, what]) => [Math.round(at), what]);

Deno.test("packets pass one after the other, and fly side by side", async () => {
  const { clock, link } = world({ delayMs: 500 });
  const lane = link.lane();
  const seen = arrivals(lane, clock);
  void lane.send(new Uint8Array(3500));
  lane.mark("end");
  await clock.advance(10_000);
  assert.deepEqual(rounded(seen), [[600, 1500], [700, 1500], [733, 500], [733, "end"]]);
  assert.equal(link.carriedBytes, 3500);
  assert.equal(clock.sleeping, 0, "an idle link waits for nothing");
});

Deno.test("four senders share the rate exactly, a packet each in turn", async () => {
  const { clock, link } = world({ bytesPerSec: 2_500_000, delayMs: 20 });
  const lanes = [1, 2, 3, 4].map(() => link.lane());
  const seen = lanes.map((lane) => arrivals(lane, clock));
  const stop = new AbortController();
  for (const lane of lanes) void flood(lane, stop.signal, 15_000);
  await clock.advance(1020);
  const sums = seen.map(sumOf);
  assert.equal(sums.reduce((a, b) => a + b), 2_499_000, "in whole packets");
  for (const sum of sums) assert.ok(Math.abs(sum - 625_000) <= 1500, String(sum));
  stop.abort();
  link.close();
});

Deno.test("a sender of little does not wait for one of much", async () => {
  const { clock, link } = world();
  const [much, little] = [link.lane(), link.lane()];
  void much.send(new Uint8Array(60_000));
  const seen = arrivals(little, clock);
  await clock.advance(250);
  void little.send(new Uint8Array(15));
  await clock.advance(1000);
  assert.deepEqual(rounded(seen), [[301, 15]], "after the packet that is passing");
});

Deno.test("late timers do not slow it down", async () => {
  const fake = new FakeClock();
  const late: Clock = {
    nowMs: () => fake.nowMs(),
    epochMs: () => fake.epochMs(),
    sleep: (ms, signal) => fake.sleep(Math.ceil(ms) + 17, signal),
  };
  const link = new Bottleneck({ bytesPerSec: 2_500_000, delayMs: 0 }, late);
  const lane = link.lane();
  const seen = arrivals(lane, fake);
  const stop = new AbortController();
  void flood(lane, stop.signal);
  await fake.advance(10_000);
  const rate = sumOf(seen) / (seen.at(-1)![0] / 1000);
  assert.ok(Math.abs(rate - 2_500_000) < 5000, `${rate} bytes/s`);
  stop.abort();
  link.close();
});

Deno.test("a pause is not made up for", async () => {
  const { clock, link } = world();
  const lane = link.lane();
  const seen = arrivals(lane, clock);
  await clock.advance(5000);
  void lane.send(new Uint8Array(1500));
  await clock.advance(50);
  void lane.send(new Uint8Array(1500));
  await clock.advance(950);
  void lane.send(new Uint8Array(1500));
  await clock.advance(1000);
  assert.deepEqual(rounded(seen), [[5100, 1500], [5200, 1500], [6100, 1500]]);
});

Deno.test("a sender waits until the wire has what the buffer does not hold", async () => {
  const { clock, link } = world();
  assert.equal(link.bufferBytes, 3000);
  const lane = link.lane();
  let sentAtMs = -1;
  void lane.send(new Uint8Array(9000)).then(() => sentAtMs = clock.nowMs());
  await clock.advance(299);
  assert.equal(sentAtMs, -1);
  await clock.advance(1);
  assert.equal(sentAtMs, 300, "4500 are through, 1500 pass, 3000 are held");
});

Deno.test("a far end that takes nothing holds its own sender, and no other", async () => {
  const { clock, link } = world({ bytesPerSec: 1_000_000, delayMs: 10 });
  const [stuck, other] = [link.lane(), link.lane()];
  const stop = new AbortController();
  void flood(stuck, stop.signal, 1000);
  await clock.advance(1000);
  const held = link.carriedBytes;
  // What had begun its way when 64 kB lay there came on top.
  assert.ok(held > 64_000 && held < 64 * 1024 + 12_000, `${held} bytes`);
  const seen = arrivals(other, clock);
  void other.send(new Uint8Array(1000));
  await clock.advance(11);
  assert.deepEqual(seen, [[1011, 1000]]);
  assert.equal((await stuck.receive() as Uint8Array).length, held);
  await clock.advance(11);
  // It has not been carried before there was room.
  assert.equal((await stuck.receive() as Uint8Array).length, 1000);
  stuck.mark("reset");
  await clock.advance(1000);
  stop.abort();
  link.close();
});

Deno.test("a reset takes what is not yet on the wire with it", async () => {
  const { clock, link } = world({ delayMs: 500 });
  const lane = link.lane();
  const seen = arrivals(lane, clock);
  let sentAtMs = -1;
  void lane.send(new Uint8Array(9000)).then(() => sentAtMs = clock.nowMs());
  await clock.advance(150);
  lane.mark("reset");
  await clock.advance(5000);
  assert.equal(sentAtMs, 150, "its sender goes on");
  assert.deepEqual(rounded(seen), [[600, 1500], [700, 1500], [700, "reset"]]);
});

Deno.test("it is reshaped while it carries", async () => {
  const { clock, link } = world({ delayMs: 500 });
  const lane = link.lane();
  const seen = arrivals(lane, clock);
  void lane.send(new Uint8Array(4500));
  await clock.advance(150);
  link.reshape({ bytesPerSec: 150_000 }); // 50 ms of the second packet are left
  await clock.advance(10);
  link.reshape({ delayMs: 100 }); // nothing overtakes
  await clock.advance(1000);
  void lane.send(new Uint8Array(1500));
  await clock.advance(1000);
  assert.deepEqual(rounded(seen), [[600, 1500], [655, 3000], [1270, 1500]]);
  link.reshape({ bytesPerSec: 1 });
  void lane.send(new Uint8Array(1500));
  await clock.advance(1000);
  link.reshape({ bytesPerSec: 15_000 });
  await clock.advance(1000);
  assert.deepEqual(rounded(seen).at(-1), [3160 + 100 + 100, 1500], "it is not held by what was");
});

Deno.test("a cut is silent, and what was under way goes on when it is mended", async () => {
  const { clock, link } = world({ delayMs: 500 });
  const lane = link.lane();
  const seen = arrivals(lane, clock);
  void lane.send(new Uint8Array(3000));
  await clock.advance(150);
  link.cut();
  await clock.advance(1000);
  link.cut(); // it is
  let sent = false;
  void lane.send(new Uint8Array(6000)).then(() => sent = true);
  await clock.advance(59_000);
  assert.deepEqual(seen, []);
  assert.equal(link.carriedBytes, 1500);
  assert.equal(sent, false, "its sender waits");
  assert.equal(clock.sleeping, 0, "a cut link waits for nothing");
  link.mend();
  link.mend();
  await clock.advance(5000);
  assert.deepEqual(rounded(seen).slice(0, 3), [[60_600, 1500], [60_700, 1500], [60_800, 1500]]);
  assert.equal(sumOf(seen), 9000);
  assert.equal(sent, true);
});

Deno.test("what waits ends when it is closed", async () => {
  const { clock, link } = world({ delayMs: 500 });
  const lanes = [link.lane(), link.lane()] as const;
  const seen = lanes.map((lane) => arrivals(lane, clock));
  const sent = lanes.map((lane) => lane.send(new Uint8Array(60_000)));
  await clock.advance(100);
  lanes[0].close();
  await sent[0];
  await clock.advance(2000);
  assert.deepEqual(seen[0], [[100, "closed"]]);
  assert.ok(sumOf(seen[1]!) > 20_000, "the other one goes on");
  link.cut();
  link.close();
  await sent[1];
  await idle();
  assert.equal(seen[1]!.at(-1)![1], "closed");
  assert.equal(clock.sleeping, 0);
  await link.lane().send(new Uint8Array(60_000)); // a closed link has closed lanes
  assert.equal(await link.lane().receive(), undefined);
});

Deno.test("a shape that no link can have is refused", () => {
  for (const bytesPerSec of [0, 0.5, -1, NaN, Infinity]) {
    assert.throws(
      () => world({ bytesPerSec }),
      new RangeError(`Cannot shape a link of ${bytesPerSec} bytes/s: at least 1 is wanted`),
    );
  }
  const { link } = world();
  for (const delayMs of [-1, 60_001, NaN]) {
    assert.throws(() => link.reshape({ delayMs }), /a delay of (-1|60001|NaN) ms: 0 to 60000 is/);
  }
});
