import assert from "node:assert/strict";
import { FakeClock, idle } from "../core/fake_clock.ts";
import { refused } from "../tests/fakes/refused.ts";
import { ArrivingBodies } from "./arriving_bodies.ts";

const LIMITS = { bytesMax: 100, timeoutMs: 5000 };

/** A body that comes when it is told to. */
function sending(bodies: ArrivingBodies) {
  let sender!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => void (sender = controller),
  });
  const read = bodies.read(new Request("http://x", { method: "POST", body }));
  read.catch(() => {});
  return {
    read,
    async send(bytes: number) {
      sender.enqueue(new Uint8Array(bytes));
      await idle();
    },
    end: () => sender.close(),
  };
}

Deno.test("of more bodies than may arrive, the one that has been arriving for longest ends", async () => {
  const bodies = new ArrivingBodies(() => LIMITS, new FakeClock());
  const slow = Array.from({ length: 17 }, () => sending(bodies));
  for (const body of slow.slice(0, 16)) await body.send(100);
  await slow[16]!.send(100);
  assert.match(await refused(slow[0]!.read, "overloaded"), /too many are arriving/);
  for (const body of slow.slice(1)) body.end();
  for (const { read } of slow.slice(1)) assert.equal((await read).length, 100);
  // What is whole is counted no more.
  const more = Array.from({ length: 16 }, () => sending(bodies));
  for (const body of more) await body.send(100);
  for (const body of more) body.end();
  for (const { read } of more) assert.equal((await read).length, 100);
});

Deno.test("what was given up is counted no more, however it ended", async () => {
  const clock = new FakeClock();
  const bodies = new ArrivingBodies(() => LIMITS, clock);
  for (let round = 0; round < 3; round++) {
    const late = Array.from({ length: 16 }, () => sending(bodies));
    for (const body of late) await body.send(100);
    const ended = Promise.all(late.map(({ read }) => refused(read, "request_timeout")));
    await clock.until(ended);
  }
});

Deno.test("so many bodies may arrive, however little of them has come", async () => {
  const bodies = new ArrivingBodies(() => ({ ...LIMITS, bodiesMax: 2 }), new FakeClock());
  const [first, second, third] = [sending(bodies), sending(bodies), sending(bodies)] as const;
  assert.match(await refused(first.read, "overloaded"), /too many are arriving/);
  assert.equal(bodies.count, 2);
  for (const body of [second, third]) {
    await body.send(3);
    body.end();
    assert.equal((await body.read).length, 3);
  }
  assert.equal(bodies.count, 0);
});
