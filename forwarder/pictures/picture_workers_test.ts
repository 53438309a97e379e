import assert from "node:assert/strict";
import { FakeClock, idle } from "../../core/fake_clock.ts";
import type { CallLimits } from "../backend.ts";
import type { PictureAnswer, PictureRequest, PictureTask } from "./messages.ts";
import { STALL_MS, type WorkerLike } from "./picture_thread.ts";
import { PictureWorkers, WAITING_MAX } from "./picture_workers.ts";

const TASK = {
  kind: "draw",
  model: "m",
  image: { kind: "encoded", bytes: new Uint8Array() },
} as const;

/** A Worker that answers when it is told to. */
class FakeWorker implements WorkerLike {
  onmessage: WorkerLike["onmessage"] = null;
  onerror: WorkerLike["onerror"] = null;
  terminated = false;
  readonly asked: { readonly id: number; readonly task: PictureTask }[] = [];
  settings: unknown;

  postMessage(request: PictureRequest): void {
    if ("settings" in request) this.settings = request.settings;
    else this.asked.push(request);
  }

  terminate(): void {
    this.terminated = true;
  }

  answer(said: object): void {
    const data = { id: this.asked.at(-1)!.id, ...said } as PictureAnswer;
    this.onmessage!.call(undefined as never, { data } as MessageEvent);
  }

  crash(message: string): void {
    const event = { message, preventDefault() {} } as unknown as ErrorEvent;
    this.onerror!.call(undefined as never, event);
  }
}

function world(workers: number) {
  const clock = new FakeClock();
  const started: FakeWorker[] = [];
  const pool = new PictureWorkers({
    ...{ workers, clock, directory: "models", pixelsMax: 100, scoreThreshold: 0.5 },
    start() {
      started.push(new FakeWorker());
      return started.at(-1)!;
    },
  });
  const ask = (limits: Partial<CallLimits> = {}) => {
    const all = { deadlineMs: 100_000, signal: new AbortController().signal, ...limits };
    return pool.ask(TASK, [], all).then((result) => ({ result }), (error) => ({ error }));
  };
  return { clock, started, pool, ask };
}

Deno.test("no Worker is started before there is work, then as many as there is work for", async () => {
  const { started, pool, ask } = world(2);
  assert.equal(pool.started, 0);
  const answers = [ask(), ask(), ask()];
  assert.deepEqual([started.length, pool.started], [2, 2]);
  assert.deepEqual(started[0]!.settings, {
    directory: "models",
    pixelsMax: 100,
    scoreThreshold: 0.5,
  });
  assert.deepEqual(started.map(({ asked }) => asked.length), [1, 1]);
  started[1]!.answer({ result: { message: 1 } });
  assert.deepEqual(await answers[1], { result: { message: 1 } });
  await idle();
  assert.deepEqual(started.map(({ asked }) => asked.length), [1, 2], "the third is its next");
  started[1]!.answer({ error: { code: "invalid_argument", message: "no image" } });
  const { error } = await answers[2] as { error: { code: string; message: string } };
  assert.deepEqual([error.code, error.message], ["invalid_argument", "no image"]);
  started[0]!.answer({ result: {} });
  await answers[0];
  pool.close();
});

Deno.test("who waits leaves at its deadline, or when nobody waits any more; its turn goes on", async () => {
  const { clock, started, pool, ask } = world(1);
  const leave = new AbortController();
  const [first, late, gone, last] = [
    ask(),
    ask({ deadlineMs: 50 }),
    ask({ signal: leave.signal }),
    ask(),
  ];
  await clock.advance(50);
  leave.abort();
  const codes = await Promise.all(
    [late, gone].map(async (one) => (await one as { error: { code: string } }).error.code),
  );
  assert.deepEqual(codes, ["deadline_exceeded", "cancelled"]);
  started[0]!.answer({ result: { nth: 1 } });
  assert.deepEqual(await first, { result: { nth: 1 } });
  await idle();
  assert.equal(started[0]!.asked.length, 2, "those that left are not begun");
  started[0]!.answer({ result: { nth: 2 } });
  assert.deepEqual(await last, { result: { nth: 2 } });
  pool.close();
});

Deno.test("an answer that nobody waits for is left aside", async () => {
  const { clock, started, pool, ask } = world(1);
  const late = ask({ deadlineMs: 50 });
  await clock.advance(50);
  assert.equal((await late as { error: { code: string } }).error.code, "deadline_exceeded");
  const next = ask();
  assert.equal(started[0]!.asked.length, 1, "it is still at the first");
  started[0]!.answer({ result: { nth: 1 } });
  await idle();
  started[0]!.answer({ result: { nth: 2 } });
  assert.deepEqual(await next, { result: { nth: 2 } });
  pool.close();
});

Deno.test("a Worker that crashes or is stuck fails what it is at, and another takes its place", async () => {
  const { clock, started, pool, ask } = world(1);
  const [first, second] = [ask(), ask()];
  started[0]!.crash("out of memory");
  const { error } = await first as { error: { code: string; message: string } };
  assert.equal(error.code, "aborted");
  assert.match(error.message, /the worker at it stopped, out of memory/);
  await idle();
  assert.deepEqual([started.length, started[0]!.terminated], [2, true]);
  await clock.advance(STALL_MS);
  assert.match((await second as { error: Error }).error.message, /did not answer within 30000 ms/);
  const third = ask();
  await idle();
  assert.equal(started.length, 3);
  started[2]!.answer({ result: {} });
  assert.deepEqual(await third, { result: {} });
  started[2]!.crash("at nothing");
  const fourth = ask();
  assert.equal(started.length, 4);
  pool.close();
  assert.equal((await fourth as { error: { code: string } }).error.code, "aborted");
});

Deno.test("what is too much is refused at once, and after the end everything is", async () => {
  const { started, pool, ask } = world(1);
  const all = Array.from({ length: 1 + WAITING_MAX }, () => ask());
  const { error } = await ask() as { error: { code: string } };
  assert.equal(error.code, "overloaded");
  pool.close();
  assert.ok(started[0]!.terminated);
  const codes = await Promise.all(
    all.map(async (one) => (await one as { error: { code: string } }).error.code),
  );
  assert.deepEqual([...new Set(codes)], ["aborted", "unavailable"]);
  assert.equal((await ask() as { error: { code: string } }).error.code, "unavailable");
});
