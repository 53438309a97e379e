import assert from "node:assert/strict";
import { FakeClock, idle } from "./fake_clock.ts";
import { inTime } from "./in_time.ts";

Deno.test("what settles in time is in time, however it does", async () => {
  const clock = new FakeClock();
  assert.equal(await inTime(50, Promise.resolve(1), clock), true);
  assert.equal(await inTime(50, Promise.reject(new Error("x")), clock), true);
  assert.equal(clock.sleeping, 0, "nothing is left behind");
});

Deno.test("what does not settle is late when the time is over, and not before", async () => {
  const clock = new FakeClock();
  let said: boolean | undefined;
  void inTime(50, new Promise(() => {}), clock).then((is) => said = is);
  await clock.advance(49);
  assert.equal(said, undefined);
  await clock.advance(1);
  for (let turn = 0; turn < 3; turn++) await idle();
  assert.equal(said, false);
});

Deno.test("what has arrived when the time is over is in time", async () => {
  const clock = new FakeClock();
  const arrives = Promise.withResolvers<void>();
  const said = inTime(50, arrives.promise, clock);
  const advanced = clock.advance(50);
  await idle();
  setImmediate(() => arrives.resolve());
  await advanced;
  assert.equal(await said, true);
});

Deno.test("time in which this thread stood still is given again, once", async () => {
  for (const [stoodMs, moreMs] of [[60, 10], [500, 50]] as const) {
    const clock = new FakeClock();
    let said: boolean | undefined;
    void inTime(50, new Promise(() => {}), clock).then((is) => said = is);
    clock.jump(stoodMs);
    await clock.advance(0);
    for (let turn = 0; turn < 3; turn++) await idle();
    await clock.advance(moreMs - 1);
    for (let turn = 0; turn < 3; turn++) await idle();
    assert.equal(said, undefined, `${stoodMs} ms`);
    await clock.advance(1);
    for (let turn = 0; turn < 3; turn++) await idle();
    assert.equal(said, false, `${stoodMs} ms`);
  }
});
