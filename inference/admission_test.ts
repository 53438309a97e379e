/** What is let in when more comes than can be done, in virtual time: seeded, with noisy Workers. */

import assert from "node:assert/strict";
import { isSmarteyeError } from "../core/errors.ts";
import { FakeClock } from "../core/fake_clock.ts";
import type { Priority } from "../core/infer.ts";
import { type Rng, seededRng } from "../core/rng.ts";
import { percentile } from "../core/rolling_window.ts";
import { FakePlaces } from "../tests/fakes/places.ts";
import { plain } from "../tests/fakes/pictures.ts";
import { pixelsInput } from "../tests/fakes/worker_pool.ts";
import { Scheduler } from "./scheduler.ts";

/** Milliseconds from when an answer is made until its client has it. */
const WAY_MS = 2;

/** Requests of one kind, which come as a Poisson process. */
interface Stream {
  readonly model: string;
  /** Milliseconds that a Worker takes on average. */
  readonly costMs: number;
  /** How many times as much as all Workers can carry. */
  readonly load: number;
  readonly deadlineMs?: number;
  readonly priority?: Priority;
}

/** Milliseconds that a Worker takes for what takes `ms` on average. */
type Noise = (ms: number, rng: Rng) => number;

/** As on a busy machine: somewhat more or less, and one in fifty is held up. */
const NOISY: Noise = (ms, rng) => ms * (0.85 + 0.3 * rng()) + (rng() < 0.02 ? 20 * rng() : 0) - 0.2;

interface World {
  readonly workers?: number;
  readonly streams: readonly Stream[];
  readonly noise?: Noise;
  /** How many times as long as was measured Workers take. */
  readonly slower?: (atMs: number) => number;
  /** Milliseconds that requests and answers each wait for the main thread. */
  readonly lagMs?: number;
  readonly seconds?: number;
  readonly seed: number;
}

/** What became of the requests of a stream. */
class Tally {
  asked = 0;
  inTime = 0;
  late = 0;
  readonly refusedAfterMs: number[] = [];
  readonly hintsMs: (number | undefined)[] = [];

  get accepted(): number {
    return this.inTime + this.late;
  }

  get refused(): number {
    return this.refusedAfterMs.length;
  }
}

/** Lets requests come for some seconds, and says what became of each stream's. */
async function served(
  { workers = 2, streams, noise = NOISY, slower = () => 1, lagMs = 0, seconds = 60, seed }: World,
): Promise<Tally[]> {
  const clock = new FakeClock();
  const rng = seededRng(seed);
  const costs = new Map(streams.map(({ model, costMs }) => [model, costMs]));
  const places = new FakePlaces(clock, {
    workers,
    slots: 3 * workers,
    lagMs,
    infer: (_, model) => noise(costs.get(model)!, rng) * slower(clock.nowMs()),
  });
  const scheduler = new Scheduler({ places, queueLengthMax: 256, clock });
  const tallies = streams.map(() => new Tally());
  const asked: Promise<void>[] = [];
  const ask = async (
    { model, costMs, deadlineMs = 200, priority = "interactive" }: Stream,
    tally: Tally,
  ) => {
    const cameAtMs = clock.nowMs();
    const deadlineAtMs = cameAtMs + deadlineMs;
    const prepare = () => Promise.resolve(pixelsInput(plain(1, 1)));
    tally.asked++;
    try {
      await scheduler.run({ model, costMs, priority, deadlineAtMs, prepare });
      if (clock.nowMs() + WAY_MS + 2 * lagMs <= deadlineAtMs) tally.inTime++;
      else tally.late++;
    } catch (error) {
      assert.ok(isSmarteyeError(error, "overloaded", "deadline_exceeded"), String(error));
      if (error.code === "deadline_exceeded") tally.late++;
      else {
        tally.refusedAfterMs.push(clock.nowMs() - cameAtMs);
        tally.hintsMs.push(error.retryAfterMs);
      }
    }
  };
  const arrivals = streams.map(async (stream, i) => {
    const everyMs = stream.costMs / workers / stream.load;
    while (clock.nowMs() < 1000 * seconds) {
      await clock.sleep(-everyMs * Math.log(1 - rng()));
      asked.push(ask(stream, tallies[i]!));
    }
  });
  await clock.until(Promise.all(arrivals));
  await clock.until(Promise.all(asked));
  return tallies;
}

/** Requests a second that two Workers can do. */
const capacity = (costMs: number, workers = 2) => 1000 * workers / costMs;

for (const [costMs, workers] of [[4, 2], [10, 1], [25, 4], [60, 2]] as const) {
  Deno.test(`at twice the load, what ${workers} Workers at ${costMs} ms let in is answered in time`, async () => {
    const seconds = 25;
    let late = 0;
    let accepted = 0;
    for (let seed = 1; seed <= 2; seed++) {
      const at = async (load: number) =>
        (await served({ workers, streams: [{ model: "m", costMs, load }], seconds, seed }))[0]!;
      const goodputs: number[] = [];
      for (const load of [0.9, 1, 1.2]) goodputs.push((await at(load)).inTime / seconds);
      const twice = await at(2);
      const goodput = twice.inTime / seconds;
      assert.ok(goodput >= 0.95 * Math.max(...goodputs), `seed ${seed}: ${goodput} of ${goodputs}`);
      assert.ok(goodput > 0.95 * capacity(costMs, workers), `seed ${seed}: ${goodput}`);
      assert.ok(percentile(twice.refusedAfterMs, 100)! <= 20);
      const hintMs = percentile(twice.hintsMs.map((ms) => ms ?? 1000), 90)!;
      assert.ok(hintMs >= 1 && hintMs <= 200, `come back after ${hintMs} ms`);
      late += twice.late;
      accepted += twice.accepted;
    }
    assert.ok(late <= Math.ceil(0.001 * accepted), `${late} of ${accepted} were late`);
  });
}

Deno.test("Workers that are slower than was measured, or become so, are found out", async () => {
  const cases: [what: string, slower: (atMs: number) => number][] = [
    ["from the start", () => 2],
    ["after a while", (atMs) => atMs < 10_000 ? 1 : 1.6],
    ["and back", (atMs) => Math.floor(atMs / 5000) % 2 === 0 ? 1 : 1.3],
  ];
  for (const [what, slower] of cases) {
    const [tally] = await served({
      streams: [{ model: "m", costMs: 10, load: 2 }],
      ...{ slower, seconds: 30, seed: 5 },
    });
    const { late, accepted } = tally!;
    assert.ok(late <= 0.005 * accepted, `${what}: ${late} of ${accepted} were late`);
    assert.ok(accepted > 0.9 * 30 * capacity(20), `${what}: ${accepted} were let in`);
  }
});

Deno.test("what a busy main thread is late with is counted on", async () => {
  const streams = [{ model: "m", costMs: 10, load: 2 }];
  const [tally] = await served({ streams, lagMs: 20, seconds: 40, seed: 11 });
  const { late, accepted, inTime } = tally!;
  assert.ok(late <= 0.002 * accepted, `${late} of ${accepted} were late`);
  assert.ok(inTime > 0.95 * 40 * capacity(10), `${inTime}`);
});

Deno.test("on a machine that stalls again and again, most of what it could do is done", async () => {
  const stalling: Noise = (ms, rng) => ms * (0.9 + 0.2 * rng()) + (rng() < 0.01 ? 300 : 0);
  const seconds = 60;
  for (const load of [0.5, 2]) {
    const streams = [{ model: "m", costMs: 10, load }];
    const [tally] = await served({ streams, noise: stalling, seconds, seed: 10 });
    const possible = Math.min(load, 10 / 13) * seconds * capacity(10);
    assert.ok(tally!.inTime > 0.7 * possible, `${tally!.inTime} of ${possible}, at ${load}`);
  }
});

Deno.test("of two models, the one that asks for less gets it, and both are in time", async () => {
  const tallies = await served({
    streams: [
      { model: "greedy", costMs: 8, load: 2 },
      { model: "modest", costMs: 20, load: 0.3 },
    ],
    ...{ seconds: 40, seed: 6 },
  });
  const [greedy, modest] = tallies;
  assert.ok(modest!.inTime > 0.97 * modest!.asked, `${modest!.inTime} of ${modest!.asked}`);
  assert.ok(greedy!.inTime > 0.9 * 0.7 * 40 * capacity(8), `${greedy!.inTime}`);
  for (const { late, accepted } of tallies) {
    assert.ok(late <= 0.002 * accepted, `${late} of ${accepted} were late`);
  }
});

Deno.test("models that both ask for too much get equal shares, and what is let in is in time", async () => {
  const tallies = await served({
    streams: [
      { model: "quick", costMs: 5, load: 2 },
      { model: "slow", costMs: 30, load: 1 },
    ],
    ...{ seconds: 40, seed: 7 },
  });
  const [quick, slow] = tallies.map(({ inTime }, i) => inTime * [5, 30][i]!);
  assert.ok(Math.abs(quick! / slow! - 1) < 0.25, `${quick} and ${slow} ms`);
  for (const { late, accepted } of tallies) {
    assert.ok(late <= 0.003 * accepted, `${late} of ${accepted} were late`);
  }
});

Deno.test("deadlines of all lengths are kept, and nobody is starved", async () => {
  const tallies = await served({
    streams: [100, 200, 600, 2000].map((deadlineMs) => (
      { model: "m", costMs: 10, load: 0.5, deadlineMs }
    )),
    ...{ seconds: 40, seed: 8 },
  });
  for (const { asked, inTime, late, accepted } of tallies) {
    assert.ok(inTime > 0.1 * asked, `${inTime} of ${asked}`);
    assert.ok(late <= 0.002 * accepted, `${late} of ${accepted} were late`);
  }
});

Deno.test("background work with deadlines takes what interactive work leaves, and is in time", async () => {
  const tallies = await served({
    streams: [
      { model: "m", costMs: 10, load: 0.6 },
      { model: "m", costMs: 10, load: 1.5, priority: "background", deadlineMs: 1000 },
    ],
    ...{ seconds: 40, seed: 9 },
  });
  const [interactive, background] = tallies;
  assert.ok(interactive!.inTime > 0.99 * interactive!.asked);
  assert.ok(background!.inTime > 0.9 * 0.4 * 40 * capacity(10), `${background!.inTime}`);
  for (const { late, accepted } of tallies) {
    assert.ok(late <= 0.002 * accepted, `${late} of ${accepted} were late`);
  }
});
