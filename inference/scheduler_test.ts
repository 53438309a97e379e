/** The scheduler over fake Workers, in virtual time. */

import assert from "node:assert/strict";
import { isSmarteyeError, SmarteyeError } from "../core/errors.ts";
import { FakeClock } from "../core/fake_clock.ts";
import { pickIndex, type Rng, seededRng } from "../core/rng.ts";
import { FakePlaces, type PlacesScript } from "../tests/fakes/places.ts";
import { plain } from "../tests/fakes/pictures.ts";
import { pixelsInput } from "../tests/fakes/worker_pool.ts";
import { refused } from "../tests/fakes/refused.ts";
import { INTERACTIVE_IN_A_ROW } from "./admission.ts";
import { NotBegunError } from "./places.ts";
import { DUE_MS, type InferJob, Scheduler } from "./scheduler.ts";

/** A scheduler, and what it began with, in order. */
class Scheduled {
  readonly clock = new FakeClock();
  readonly places: FakePlaces;
  readonly scheduler: Scheduler;
  /** Jobs whose pixels were asked for. */
  readonly begun: string[] = [];
  /** Jobs that ended well. */
  readonly done: string[] = [];

  constructor(script: PlacesScript = {}, queueLengthMax = 100) {
    const { clock } = this;
    this.places = new FakePlaces(clock, script);
    this.scheduler = new Scheduler({ places: this.places, queueLengthMax, clock });
  }

  /** Asks for a job; its promise is the caller's. */
  async run(name: string, said: Partial<InferJob> = {}): Promise<void> {
    await this.scheduler.run({
      model: "m",
      costMs: 10,
      priority: "interactive",
      prepare: () => {
        this.begun.push(name);
        return Promise.resolve(pixelsInput(plain(1, 1)));
      },
      ...said,
    });
    this.done.push(name);
  }

  /** Asks for several, and lets the time pass that they need. */
  async all(jobs: readonly (readonly [name: string, said?: Partial<InferJob>])[]): Promise<void> {
    await this.clock.until(Promise.all(jobs.map(([name, said]) => this.run(name, said))));
  }
}

Deno.test("of a model the earliest deadline comes first, then those without, in order", async () => {
  const scheduled = new Scheduled();
  await scheduled.all([
    ["first", { deadlineAtMs: 9000 }],
    ["patient"],
    ["later", { deadlineAtMs: 800 }],
    ["patient too"],
    ["soon", { deadlineAtMs: 500 }],
    ["as soon", { deadlineAtMs: 500 }],
  ]);
  assert.deepEqual(
    scheduled.begun,
    ["first", "soon", "as soon", "later", "patient", "patient too"],
  );
});

Deno.test("a job without a deadline is not kept back for ever by those that have one", async () => {
  const scheduled = new Scheduled({ infer: () => 10 });
  const { clock } = scheduled;
  const urgent: Promise<void>[] = [];
  const ask = (name: string) => {
    urgent.push(scheduled.run(name, { deadlineAtMs: clock.nowMs() + 500 }));
  };
  for (const name of ["a", "b", "c"]) ask(name);
  const patient = scheduled.run("patient");
  for (let atMs = 0; atMs < DUE_MS; atMs += 10) { // as many as can be done, so that some always wait
    ask(`${atMs}`);
    await clock.advance(10);
  }
  assert.ok(scheduled.begun.includes("patient"), "it has begun while others still came");
  assert.ok(scheduled.begun.indexOf("patient") > 900, "not before it was its turn");
  await clock.until(Promise.all([patient, ...urgent]));
});

Deno.test("interactive jobs come before background ones, which do not wait for ever", async () => {
  const scheduled = new Scheduled();
  const jobs = Array.from({ length: 2 * INTERACTIVE_IN_A_ROW + 2 }, (_, i) => [`i${i}`] as const);
  const background = { priority: "background" } as const;
  await scheduled.all([
    ["at the Worker"],
    ...["b0", "b1", "b2"].map((name) => [name, background] as const),
    ...jobs,
  ]);
  const places = ["b0", "b1", "b2"].map((name) => scheduled.begun.indexOf(name));
  const [first, second] = [INTERACTIVE_IN_A_ROW + 1, 2 * INTERACTIVE_IN_A_ROW + 2];
  assert.deepEqual(places, [first, second, scheduled.begun.length - 1]);
});

Deno.test("models that all have work get equal shares of the Workers' time, not of the requests", async () => {
  const costs = { quick: 5, slow: 50 } as const;
  const scheduled = new Scheduled({ infer: (_, model) => costs[model as keyof typeof costs] });
  const asked: Promise<void>[] = [];
  for (const [model, costMs] of Object.entries(costs)) {
    for (let n = 0; n < 40; n++) {
      asked.push(scheduled.run(model, { model, costMs }).catch(() => {}));
    }
  }
  await scheduled.clock.advance(400);
  const spentMs = (model: keyof typeof costs) =>
    scheduled.done.filter((name) => name === model).length * costs[model];
  assert.ok(Math.abs(spentMs("quick") - spentMs("slow")) <= 50, JSON.stringify(scheduled.done));
  await scheduled.clock.until(Promise.all(asked));
});

Deno.test("a model for which there is no room keeps nobody from his turn", async () => {
  const scheduled = new Scheduled();
  scheduled.places.closed.add("loading");
  const waiting = scheduled.run("waiting", { model: "loading" });
  await scheduled.all([["a"], ["b"]]);
  assert.deepEqual(scheduled.done, ["a", "b"]);
  scheduled.places.closed.clear();
  scheduled.places.tell();
  await scheduled.clock.until(waiting);
});

Deno.test("who leaves is gone at once, wherever the job is on its way to a Worker", async () => {
  const scheduled = new Scheduled({}, 1);
  const caller = new AbortController();
  const atTheWorker = scheduled.run("at the Worker");
  const waiting = refused(scheduled.run("left", { signal: caller.signal }), "cancelled");
  caller.abort();
  await waiting; // time stands still
  assert.equal(scheduled.scheduler.underWay, 1);
  const next = scheduled.run("next");
  await refused(scheduled.run("no", { signal: AbortSignal.abort() }), "cancelled");
  await scheduled.clock.until(Promise.all([atTheWorker, next]));
  const decoding = new AbortController();
  const prepare = () => (decoding.abort(), Promise.resolve(pixelsInput(plain(1, 1))));
  await refused(scheduled.run("late", { signal: decoding.signal, prepare }), "cancelled");
  assert.deepEqual(scheduled.done, ["at the Worker", "next"]);
  assert.deepEqual([scheduled.scheduler.underWay, scheduled.places.taken], [0, 0]);
});

Deno.test("what is too late is not begun, and takes no place in the queue", async () => {
  const scheduled = new Scheduled({ infer: () => 100 }, 1);
  await refused(scheduled.run("past", { deadlineAtMs: 0 }), "deadline_exceeded");
  const atTheWorker = scheduled.run("at the Worker");
  const late = refused(scheduled.run("late", { deadlineAtMs: 50 }), "deadline_exceeded");
  await refused(scheduled.run("too many"), "overloaded");
  scheduled.clock.jump(50);
  const next = scheduled.run("next"); // nobody waits for the one before it any more
  await late;
  await scheduled.clock.until(Promise.all([atTheWorker, next]));
  const slowly = () => scheduled.clock.sleep(20).then(() => pixelsInput(plain(1, 1)));
  const deadlineAtMs = scheduled.clock.nowMs() + 10;
  await scheduled.clock.until(
    refused(
      scheduled.run("decoded late", { model: "quick", costMs: 1, deadlineAtMs, prepare: slowly }),
      "deadline_exceeded",
    ),
  );
  assert.deepEqual(scheduled.begun, ["at the Worker", "next"]);
});

Deno.test("one bound holds for all models and priorities together", async () => {
  const scheduled = new Scheduled({ workers: 2, slots: 4 }, 3);
  const asked = ["a", "b", "c", "d", "e"].map((model, i) =>
    scheduled.run(model, { model, priority: i % 2 ? "interactive" : "background" })
  );
  assert.equal(
    await refused(scheduled.run("no", { model: "z" }), "overloaded"),
    "Cannot infer now: 5 requests are under way, which is the limit",
  );
  await scheduled.clock.until(Promise.all(asked));
  await scheduled.all([["room again"]]);
});

Deno.test("pixels are made for no more jobs than keep the Workers busy", async () => {
  const scheduled = new Scheduled({ workers: 2, slots: 4 });
  let making = 0;
  let most = 0;
  const prepare = async () => {
    most = Math.max(most, ++making);
    await scheduled.clock.sleep(3);
    making--;
    return pixelsInput(plain(1, 1));
  };
  await scheduled.all(Array.from({ length: 30 }, (_, i) => [`${i}`, { prepare }] as const));
  assert.equal(most, 4);
});

Deno.test("a job that fails gives its place to the next, whatever it failed of", async () => {
  const stopped = new SmarteyeError("aborted", "the worker at it stopped");
  const scheduled = new Scheduled({ infer: (_, model) => model === "m" ? 10 : stopped });
  const broken = new SmarteyeError("invalid_argument", "no image");
  await Promise.all([
    refused(scheduled.run("no image", { prepare: () => Promise.reject(broken) }), broken.code),
    refused(scheduled.run("died", { model: "bad" }), stopped.code),
  ]);
  await scheduled.all([["next"]]);
  assert.deepEqual([scheduled.scheduler.underWay, scheduled.places.taken], [0, 0]);
});

Deno.test("what a Worker had not begun when it stopped waits once more, where it can be repeated", async () => {
  let stops = 0;
  const infer = () => stops-- > 0 ? new NotBegunError("it crashed") : 10;
  const scheduled = new Scheduled({ infer });
  const { scheduler, clock, begun } = scheduled;
  stops = 1;
  await clock.until(scheduled.run("again", { isRepeatable: true }));
  assert.deepEqual(begun.splice(0), ["again", "again"]);
  stops = 9;
  await clock.until(refused(scheduled.run("never again"), "aborted"));
  assert.deepEqual(begun.splice(0), ["never again"]);
  await clock.until(refused(scheduled.run("twice", { isRepeatable: true }), "aborted"));
  assert.deepEqual(begun.splice(0), ["twice", "twice"]);
  stops = 1;
  scheduled.places.closed.add("m");
  const late = scheduled.run("late", { isRepeatable: true, deadlineAtMs: clock.nowMs() + 50 });
  await clock.advance(100);
  scheduled.places.closed.clear();
  scheduled.places.tell();
  await refused(late, "deadline_exceeded");
  assert.deepEqual([scheduler.underWay, scheduled.places.taken], [0, 0]);
});

Deno.test("what waits for a model that no Worker will have is refused with the reason", async () => {
  const scheduled = new Scheduled();
  const lost = new SmarteyeError("failed_precondition", "it could not be loaded again");
  const first = scheduled.run("first");
  const waiting = refused(scheduled.run("waiting"), lost.code);
  scheduled.places.lost.set("m", lost);
  scheduled.places.tell();
  await waiting;
  await refused(scheduled.run("new"), lost.code);
  await scheduled.clock.until(first);
});

Deno.test("in any mix each model's jobs begin by their deadlines, and models share the time", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const rng = seededRng(seed);
    const costs = [1 + 50 * rng(), 1 + 50 * rng(), 1 + 50 * rng()];
    const scheduled = new Scheduled({ infer: (_, model) => costs[Number(model)]! }, 1000);
    const begun: { model: number; deadlineAtMs: number }[] = [];
    const asked = Array.from({ length: 300 }, (_, n) => {
      const model = n % 3;
      const deadlineAtMs = 1e6 * (1 + rng());
      const prepare =
        () => (begun.push({ model, deadlineAtMs }), Promise.resolve(pixelsInput(plain(1, 1))));
      return scheduled.run(`${n}`, {
        model: `${model}`,
        costMs: costs[model]!,
        deadlineAtMs,
        prepare,
      });
    });
    // The one that found an idle Worker came before there was a choice.
    await scheduled.clock.advance(100 * Math.min(...costs));
    const spentMs = costs.map((costMs, model) =>
      costMs * begun.filter((job) => job.model === model).length
    );
    const apartMs = Math.max(...spentMs) - Math.min(...spentMs);
    assert.ok(apartMs <= 3 * Math.max(...costs), `seed ${seed}: ${spentMs} of ${costs}`);
    await scheduled.clock.until(Promise.all(asked));
    for (let model = 0; model < 3; model++) {
      const order = begun.slice(1).filter((job) => job.model === model)
        .map(({ deadlineAtMs }) => deadlineAtMs);
      assert.deepEqual(order, order.toSorted((a, b) => a - b), `seed ${seed}`);
    }
  }
});

/** What one run of the simulation may meet. */
async function simulate(rng: Rng): Promise<void> {
  const models = ["a", "b", "c"];
  const workers = 1 + pickIndex(rng, 3);
  const script: PlacesScript = {
    workers,
    slots: 2 * workers,
    infer: () =>
      rng() < 0.05 ? new SmarteyeError("aborted", "the worker at it stopped") : 1 + 20 * rng(),
  };
  const queueLengthMax = pickIndex(rng, 12);
  const scheduled = new Scheduled(script, queueLengthMax);
  const { clock, places, scheduler } = scheduled;
  const outcomes = new Map<string, string>();
  const asked: Promise<void>[] = [];
  for (let n = 0; n < 200; n++) {
    const caller = new AbortController();
    const deadlineAtMs = rng() < 0.5 ? clock.nowMs() + 60 * rng() : undefined;
    const job = scheduled.run(`${n}`, {
      model: models[pickIndex(rng, 3)]!,
      costMs: 1 + 20 * rng(),
      priority: rng() < 0.3 ? "background" : "interactive",
      deadlineAtMs,
      signal: caller.signal,
      prepare: async () => {
        assert.ok((deadlineAtMs ?? Infinity) > clock.nowMs(), "a late job is begun");
        await clock.sleep(3 * rng());
        return pixelsInput(plain(1, 1));
      },
    });
    const settle = (outcome: string) => {
      assert.ok(!outcomes.has(`${n}`), "a second outcome");
      outcomes.set(`${n}`, outcome);
    };
    asked.push(job.then(() => settle("done"), (error) => {
      assert.ok(isSmarteyeError(error), String(error));
      settle(error.code);
    }));
    if (rng() < 0.1) void clock.sleep(30 * rng()).then(() => caller.abort());
    assert.ok(scheduler.underWay <= workers + queueLengthMax, "more than the bound");
    assert.ok(places.taken <= places.slots);
    if (rng() < 0.6) await clock.advance(8 * rng());
  }
  await clock.until(Promise.all(asked));
  await clock.advance(1000); // Workers are still at what nobody waits for
  assert.equal(outcomes.size, 200);
  assert.deepEqual([scheduler.underWay, places.taken], [0, 0]);
}

Deno.test("whatever comes, each job has one outcome, and nothing is left under way", async () => {
  for (let seed = 1; seed <= 40; seed++) await simulate(seededRng(seed));
});

Deno.test("who leaves while the job waits in a Worker frees it there, and is gone at once", async () => {
  const scheduled = new Scheduled({ slots: 3, infer: () => 100 });
  const { clock, places, scheduler } = scheduled;
  const caller = new AbortController();
  const atTheWorker = scheduled.run("at the Worker");
  const waiting = refused(scheduled.run("waiting", { signal: caller.signal }), "cancelled");
  const late = refused(scheduled.run("late", { deadlineAtMs: 80 }), "deadline_exceeded");
  await clock.advance(10);
  assert.deepEqual([scheduled.begun.length, scheduler.underWay, scheduler.waiting], [3, 3, 2]);
  caller.abort();
  await waiting; // time stands still
  assert.deepEqual([scheduler.underWay, scheduler.waiting], [2, 1]);
  clock.jump(70);
  places.tell();
  await late;
  await clock.until(Promise.all([atTheWorker, scheduled.run("next")]));
  assert.equal(clock.nowMs(), 200, "only two were inferred");
  assert.deepEqual(places.runs, [1, 1]);
});
