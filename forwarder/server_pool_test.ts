import assert from "node:assert/strict";
import { idle } from "../core/fake_clock.ts";
import { seededRng } from "../core/rng.ts";
import { shortestQueue } from "../policies/dispatch/shortest_queue.ts";
import { codeOf, FakePool, NEVER, workFor } from "../tests/fakes/pool.ts";

Deno.test("a server takes requests once it was looked at, and is there once", async () => {
  const fake = new FakePool(0);
  fake.pool.add("a");
  fake.pool.add("a");
  assert.deepEqual([fake.backends.length, fake.pool.readyCount], [1, 0]);
  assert.equal(await codeOf(fake.dispatch()), "unavailable");
  await fake.look();
  assert.equal((await fake.dispatch()).server, "a");
  await assert.rejects(fake.pool.remove("b", 0), RangeError);
});

Deno.test("the pool grows and shrinks under load, and every request is answered once", async () => {
  const fake = new FakePool(2, shortestQueue);
  const rng = seededRng(5);
  const answered = new Map<string, number>();
  const lateCalls: string[] = [];
  const join = (name: string) => {
    fake.pool.add(name);
    const backend = fake.backends.at(-1)!;
    backend.script = async () => {
      await fake.clock.sleep(10 + Math.floor(rng() * 40));
      if (backend.closed) lateCalls.push(name);
      return "ok";
    };
    return fake.look();
  };
  for (const backend of fake.backends) {
    backend.script = async () => {
      await fake.clock.sleep(25);
      return "ok";
    };
  }
  await fake.look();

  let asked = 0;
  const outcomes: string[] = [];
  const leaving: Promise<void>[] = [];
  const ask = () =>
    void fake.dispatch("m", 100_000).then(({ server }) => {
      outcomes.push("ok");
      answered.set(server, (answered.get(server) ?? 0) + 1);
    }, (error: Error) => outcomes.push(error.message));
  // Four servers come while two go, one of which comes back while it is still leaving.
  const changes: Record<number, () => Promise<void>> = {
    100: () => join("s2"),
    200: () => Promise.resolve(void leaving.push(fake.pool.remove("s0", 5000))),
    205: () => join("s0"),
    300: () => join("s3"),
    400: () => Promise.resolve(void leaving.push(fake.pool.remove("s1", 5000))),
    500: () => join("s4"),
  };
  for (let ms = 0; ms < 800; ms++) {
    await changes[ms]?.();
    for (let i = 0; i < 2; i++, asked++) ask();
    await fake.clock.advance(1);
  }
  await fake.clock.advance(1000);
  await Promise.all(leaving);

  assert.equal(outcomes.length, asked);
  assert.deepEqual([...new Set(outcomes)], ["ok"], "no request was lost on the way");
  assert.deepEqual(lateCalls, [], "no channel was closed under a call");
  assert.deepEqual([...answered.keys()].sort(), ["s0", "s1", "s2", "s3", "s4"]);
  assert.deepEqual(fake.pool.servers.map(({ name }) => name), ["s2", "s0", "s3", "s4"]);
  assert.deepEqual(fake.inFlight(), [0, 0, 0, 0]);
  assert.deepEqual(fake.backends.map(({ closed }) => closed), [
    ...[true, true],
    ...[false, false, false, false],
  ]);
  assert.equal(fake.backends.flatMap(({ calls }) => calls).length, asked, "none was asked twice");
});

Deno.test("what a removed server does not answer within its grace goes elsewhere", async () => {
  const fake = new FakePool(2);
  await fake.look();
  fake.backends[0]!.script = () => new Promise(() => {});
  const answer = fake.dispatch("m", 60_000);
  await idle();
  assert.deepEqual(fake.inFlight(), [1, 0]);
  const removed = fake.pool.remove("s0", 2000);
  assert.equal((await fake.dispatch("m", 60_000)).server, "s1", "it gets nothing new");
  await fake.clock.advance(2000);
  await removed;
  assert.equal((await answer).server, "s1");
  assert.equal(fake.clock.nowMs(), 2000);
});

Deno.test("closing the pool ends what members have, and those that are still leaving", async () => {
  const fake = new FakePool(3);
  await fake.look();
  for (const backend of fake.backends) backend.script = () => new Promise(() => {});
  const answers = [0, 1, 2].map(() => codeOf(fake.dispatch("m", 60_000)));
  await idle();
  const removed = fake.pool.remove("s0", 60_000);
  fake.pool.close();
  assert.deepEqual(await Promise.all(answers), ["unavailable", "unavailable", "unavailable"]);
  assert.deepEqual(fake.backends.map(({ closed }) => closed), [true, true, true]);
  assert.equal(fake.backends.flatMap(({ calls }) => calls).length, 3, "none is tried elsewhere");
  await removed;
  assert.equal(fake.clock.sleeping, 0);
});

Deno.test("a model that only draws is for those who take a drawing, and is listed as not offered", async () => {
  const fake = new FakePool(2);
  const [telling, drawing] = fake.backends;
  drawing!.say = () =>
    Promise.resolve({
      ...{ models: [], drawing: ["m", "d"], load: undefined },
      notOffered: [{ name: "n", why: "it is broken" }],
    });
  await fake.look();
  const { pool } = fake;
  const names = (model: string, takesDrawn?: boolean) =>
    pool.candidates(model, new Set(), takesDrawn).map(({ name }) => name);
  assert.deepEqual([names("m"), names("m", true)], [["s0"], ["s0", "s1"]]);
  assert.deepEqual([names("d"), names("d", true)], [[], ["s1"]]);
  assert.deepEqual([pool.models, pool.modelsOf("detection")], [["m"], ["m"]]);
  assert.deepEqual([pool.knows("d"), pool.knowsDrawing("d"), pool.knowsDrawing("m")], [
    true,
    true,
    false,
  ]);
  const { isLoadUntold, models, notOffered } = pool.servers[1]!.seen();
  assert.deepEqual([isLoadUntold, models], [true, []]);
  assert.deepEqual(notOffered!.map(({ name }) => name), ["m", "d", "n"]);
  assert.equal(pool.servers[1]!.candidate().load, undefined);
  const limits = { deadlineAtMs: 60_000, signal: NEVER };
  await assert.rejects(fake.dispatcher.dispatch(workFor("d"), limits), {
    code: "not_found",
    message: /draw on the frame and do not tell/,
  });
  const { server } = await fake.dispatcher.dispatch({ ...workFor("d"), takesDrawn: true }, limits);
  assert.equal(server, "s1");
  assert.equal(telling!.calls.length, 0);
});
