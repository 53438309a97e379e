import assert from "node:assert/strict";
import { idle } from "../core/fake_clock.ts";
import { SmarteyeError } from "../core/errors.ts";
import type { ModelState, ModelStatus } from "../core/model.ts";
import type { Backend, CallLimits } from "./backend.ts";
import { Dispatcher } from "./dispatcher.ts";
import { ModelLoading, TRY_AGAIN_MS } from "./model_loading.ts";
import { loadOf, modelOf } from "../tests/fakes/backend.ts";
import { codeOf, FakePool, NEVER, workFor } from "../tests/fakes/pool.ts";

/** Servers that know of `m`, which they have, and of others, which they can load. */
class Fake extends FakePool {
  /** Each load as `s0 model`. */
  readonly loads: string[] = [];
  readonly counts: string[] = [];
  /** How often models were listed. */
  lists = 0;
  /** How a load ends. */
  script: () => Promise<void> = () => Promise.resolve();
  isOn = true;
  readonly loading: ModelLoading;
  readonly withLoading: Dispatcher;

  constructor(known: readonly Readonly<Record<string, ModelState>>[]) {
    super(known.length);
    for (const [i, models] of known.entries()) {
      const states = new Map(Object.entries(models));
      const ready = () => [...states].filter(([_, state]) => state === "ready");
      const backend = this.backends[i]!;
      backend.say = () => Promise.resolve({ models: ready().map(([name]) => modelOf(name)) });
      const more: Required<Pick<Backend, "listModels" | "loadModel">> = {
        listModels: () => {
          this.lists++;
          const all: ModelStatus[] = [...states].map(([name, state]) => ({
            ...modelOf(name),
            state,
          }));
          return Promise.resolve(all);
        },
        loadModel: async (model: string, { signal }: CallLimits) => {
          this.loads.push(`s${i} ${model}`);
          await this.script();
          assert.ok(!signal.aborted);
          states.set(model, "ready");
        },
      };
      Object.assign(backend, more);
    }
    const { pool, clock, metrics, picker } = this;
    this.loading = new ModelLoading({
      pool,
      clock,
      isOn: () => this.isOn,
      look: (server) => server.look({ deadlineMs: 1000, signal: NEVER }),
      onLoad: (server, outcome) => this.counts.push(`${server} ${outcome}`),
    });
    this.withLoading = new Dispatcher({
      ...{ pool, picker, clock, metrics, loading: this.loading },
      failure: { retryBudget: 0.2, hedge: false },
    });
  }

  ask(model: string, deadlineAtMs = this.clock.nowMs() + 10_000, signal = NEVER) {
    return this.withLoading.dispatch(workFor(model), { deadlineAtMs, signal });
  }
}

Deno.test("a model that no server has ready is loaded by the one that has least to do", async () => {
  const fake = new Fake([{ m: "ready", n: "unloaded" }, { m: "ready", n: "unloaded" }, {}]);
  await fake.look();
  fake.server("s0").noteLoad(loadOf({ running: 1, queueLength: 3 }));
  fake.withLoading.assertOffered("n");
  assert.equal((await fake.ask("n")).server, "s1");
  assert.deepEqual([fake.loads, fake.counts], [["s1 n"], ["s1 loaded"]]);
  assert.equal((await fake.ask("n")).server, "s1");
  assert.equal((await fake.ask("m")).reply.model, "m");
  assert.equal(fake.loads.length, 1);
});

Deno.test("requests for it share one attempt, each as long as it may take", async () => {
  const fake = new Fake([{ n: "unloaded" }]);
  await fake.look();
  const gate = Promise.withResolvers<void>();
  fake.script = () => gate.promise;
  const leaves = new AbortController();
  const [first, brief, gone, ...more] = [
    fake.ask("n"),
    codeOf(fake.ask("n", 500)),
    codeOf(fake.ask("n", 9000, leaves.signal)),
    ...[fake.ask("n"), fake.ask("n")],
  ];
  await idle();
  leaves.abort();
  assert.equal(await gone, "cancelled");
  await fake.clock.advance(500);
  assert.equal(await brief, "deadline_exceeded");
  const late = fake.ask("n", 20_000);
  await fake.clock.advance(3000);
  gate.resolve();
  for (const answer of [first!, late, ...more]) assert.equal((await answer).server, "s0");
  assert.deepEqual([fake.loads, fake.lists, fake.clock.sleeping], [["s0 n"], 1, 0]);
});

Deno.test("an attempt goes on when those that wait for it have gone", async () => {
  const fake = new Fake([{ n: "unloaded" }]);
  await fake.look();
  const gate = Promise.withResolvers<void>();
  fake.script = () => gate.promise;
  const brief = codeOf(fake.ask("n", 100));
  await fake.clock.advance(100);
  assert.equal(await brief, "deadline_exceeded");
  gate.resolve();
  await idle();
  await idle();
  assert.equal((await fake.ask("n")).server, "s0");
  assert.equal(fake.loads.length, 1);
});

Deno.test("what fails is told to all that wait, and is not tried again for a while", async () => {
  const fake = new Fake([{ n: "unloaded" }]);
  await fake.look();
  fake.script = () => Promise.reject(new SmarteyeError("failed_precondition", "no memory"));
  const refusal = async () => {
    try {
      await fake.ask("n");
    } catch (error) {
      const { code, message, retryAfterMs } = error as SmarteyeError;
      return [code, message, retryAfterMs];
    }
  };
  const why = 'Cannot infer with "n": s0 could not load it: no memory';
  assert.deepEqual(await Promise.all([refusal(), refusal()]), [
    ["unavailable", why, TRY_AGAIN_MS],
    ["unavailable", why, TRY_AGAIN_MS],
  ]);
  fake.clock.jump(TRY_AGAIN_MS - 1);
  assert.deepEqual(await refusal(), ["unavailable", why, 1]);
  assert.deepEqual([fake.loads.length, fake.counts], [1, ["s0 failed"]]);
  fake.script = () => Promise.resolve();
  fake.clock.jump(1);
  assert.equal((await fake.ask("n")).server, "s0");
});

Deno.test("what no server lists is not found, and asking for it costs the servers little", async () => {
  const fake = new Fake([{ m: "ready", broken: "failed" }, { m: "ready" }]);
  await fake.look();
  for (let i = 0; i < 50; i++) assert.equal(await codeOf(fake.ask(`x${i}`)), "not_found");
  assert.equal(await codeOf(fake.ask("broken")), "not_found");
  assert.equal(fake.lists, 2, "each server was asked once");
  fake.clock.jump(5000);
  assert.equal(await codeOf(fake.ask("x")), "not_found");
  assert.deepEqual([fake.lists, fake.loads], [4, []]);
});

Deno.test("a server that loads it already, or has it by now, is preferred", async () => {
  for (const [state, loads] of [["loading", ["s1 n"]], ["ready", []]] as const) {
    const fake = new Fake([{ n: "unloaded" }, { n: state }]);
    await fake.look();
    fake.server("s1").forget("n");
    assert.equal((await fake.ask("n")).server, "s1");
    assert.deepEqual(fake.loads, loads);
  }
});

Deno.test("nothing is loaded where that is not wanted, or nobody is up", async () => {
  const fake = new Fake([{ n: "unloaded" }]);
  assert.equal(await codeOf(fake.ask("n")), "unavailable");
  await fake.look();
  fake.isOn = false;
  assert.throws(() => fake.withLoading.assertOffered("n"), { code: "not_found" });
  assert.equal(await codeOf(fake.ask("n")), "not_found");
  assert.deepEqual(fake.loads, []);
});
