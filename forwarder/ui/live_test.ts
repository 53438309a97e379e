import assert from "node:assert/strict";
import { FakeClock, idle } from "../../core/fake_clock.ts";
import { Live, PAGES_MAX, VIEWERS_MAX } from "./live.ts";

function opened() {
  const clock = new FakeClock();
  const over = new AbortController();
  const live = new Live(clock, over.signal);
  let written = 0;
  const open = (name: string) => live.open(name, () => `${name} ${++written}`);
  return { clock, over, live, open, written: () => written };
}

/** The next message of a stream. */
async function next(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const { value } = await reader.read();
  const [, json] = /^data: (.*)\n\n$/.exec(new TextDecoder().decode(value))!;
  return JSON.parse(json!).html;
}

Deno.test("a page is written once a second for all who look at it, and never when nobody does", async () => {
  const { clock, live, open, written } = opened();
  await clock.advance(10_000);
  assert.deepEqual([written(), clock.sleeping], [0, 0]);
  const readers = [open("/"), open("/"), open("/")].map((response) => response!.body!.getReader());
  const firsts = await Promise.all(readers.map(next));
  assert.deepEqual(firsts, ["/ 1", "/ 2", "/ 3"]);
  const seconds = Promise.all(readers.map(next));
  await clock.advance(1000);
  assert.deepEqual(await seconds, ["/ 4", "/ 4", "/ 4"]);
  await clock.advance(5000);
  assert.equal(written(), 9);
  await Promise.all(readers.map((reader) => reader.cancel()));
  await idle();
  assert.deepEqual([live.viewers, clock.sleeping], [0, 0]);
  await clock.advance(60_000);
  assert.equal(written(), 9);
});

Deno.test("so many look, at so many pages, and what is over is over", async () => {
  const { clock, over, live, open } = opened();
  const bodies = Array.from({ length: PAGES_MAX }, (_, n) => open(`/${n}`)!.body!);
  assert.equal(open("/another"), undefined);
  while (live.viewers < VIEWERS_MAX) bodies.push(open("/0")!.body!);
  assert.equal(open("/0"), undefined);
  await bodies.pop()!.cancel();
  bodies.push(open("/0")!.body!);
  over.abort();
  await clock.advance(1000);
  assert.deepEqual([live.viewers, clock.sleeping], [0, 0]);
  assert.equal(open("/0"), undefined);
  for (const body of bodies) for await (const _ of body);
});
