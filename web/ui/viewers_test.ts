import assert from "node:assert/strict";
import { FakeClock, idle } from "../../core/fake_clock.ts";
import { Viewers } from "./viewers.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Reads the next message of an answer. */
function reading(answer: Response | undefined) {
  const reader = answer!.body!.getReader();
  return {
    next: async () => {
      const { value } = await reader.read();
      return value && new TextDecoder().decode(value);
    },
    leave: () => reader.cancel(),
  };
}

Deno.test("each viewer takes the latest message, and none waits for one that is slow", async () => {
  const counts: number[] = [];
  const clock = new FakeClock();
  const viewers = new Viewers({ viewersMax: 2, clock, onCount: (count) => counts.push(count) });
  const over = new AbortController();
  const quick = reading(viewers.open({ "x-a": "b" }, over.signal, bytes("first")));
  const slow = reading(viewers.open({}, over.signal));
  assert.equal(viewers.open({}, over.signal), undefined, "there is room for two");
  assert.equal(await quick.next(), "first");
  for (let n = 1; n <= 5; n++) {
    const next = quick.next();
    viewers.send(bytes(`${n}`));
    assert.equal(await next, `${n}`);
  }
  assert.equal(await slow.next(), "5");
  assert.deepEqual(viewers.counts, { sent: 7, skipped: 4 });
  await slow.leave();
  assert.deepEqual(counts, [1, 2, 1]);
  const waits = quick.next();
  over.abort();
  assert.equal(await waits, undefined, "it ends");
  assert.equal(viewers.count, 0);
});

Deno.test("who takes nothing any more is given up", async () => {
  const clock = new FakeClock();
  const viewers = new Viewers({ viewersMax: 9, clock });
  const gone = reading(viewers.open({}, new AbortController().signal));
  viewers.send(bytes("1"));
  clock.jump(29_000);
  viewers.send(bytes("2"));
  assert.equal(viewers.count, 1);
  clock.jump(2_000);
  viewers.send(bytes("3"));
  assert.equal(viewers.count, 0);
  await assert.rejects(gone.next(), /took nothing/);
  await idle();
});
