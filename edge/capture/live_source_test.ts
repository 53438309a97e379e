/** A live source whose camera does as it is told, in virtual time. */

import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { seededRng } from "../../core/rng.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { FakePicture } from "../../tests/fakes/source.ts";
import { type LiveConnection, LiveSource, waitBeforeMs } from "./live_source.ts";
import { InputError } from "./media/input_error.ts";
import type { SourceEvent } from "./source.ts";

/** What comes of one try to connect: pictures 100 ms apart and then an end, or no connection. */
type Try = { readonly pictures: number; readonly ends?: InputError } | InputError;

/** A source whose tries come out in turn; the last one again and again. */
function camera(tries: readonly Try[], reconnectsMax = Infinity) {
  const clock = new FakeClock();
  const told: string[] = [];
  const open = { now: 0, tries: 0 };
  const connect = (): Promise<LiveConnection> => {
    const one = tries[Math.min(open.tries++, tries.length - 1)]!;
    if (one instanceof InputError) return Promise.reject(one);
    open.now++;
    return Promise.resolve({
      fps: 10,
      async *pictures(signal) {
        for (let i = 0; i < one.pictures && !signal.aborted; i++) {
          await clock.sleep(100, signal);
          yield new FakePicture(12_345); // a time that means nothing
        }
        if (one.ends) throw one.ends;
      },
      close: () => Promise.resolve(void open.now--),
    });
  };
  const rng = seededRng(1);
  const source = new LiveSource({ description: "a door", connect, reconnectsMax, clock, rng });
  const tell = (event: SourceEvent) => {
    if (event.kind === "state" && told.at(-1) !== event.state) told.push(event.state);
  };
  const seen: number[] = [];
  const stop = new AbortController();
  const read = async (picturesMax = Infinity) => {
    for await (const picture of source.pictures(stop.signal, tell)) {
      seen.push(picture.ptsMs);
      if (seen.length >= picturesMax) stop.abort();
    }
  };
  return { clock, told, open, seen, read, stop };
}

const GONE = new InputError("lost", "connection refused");

Deno.test("what ends is a loss: it is opened again, and times go on by the clock", async () => {
  const { clock, told, open, seen, read } = camera([{ pictures: 2 }, GONE, { pictures: 9 }]);
  await clock.until(read(4));
  assert.deepEqual(told, [
    ...["connecting", "live", "waiting", "connecting", "waiting", "connecting", "live", "ended"],
  ]);
  assert.deepEqual(seen.slice(0, 2), [0, 100]);
  assert.ok(seen[2]! > 600 && seen[3] === seen[2]! + 100, String(seen));
  assert.deepEqual(open, { now: 0, tries: 3 });
});

Deno.test("a stall is told before the wait, and the connection is given back", async () => {
  const silent = new InputError("silent", "nothing came for 5 s");
  const { clock, told, open, read } = camera([{ pictures: 1, ends: silent }, { pictures: 5 }]);
  await clock.until(read(2));
  assert.deepEqual(told.slice(0, 4), ["connecting", "live", "stalled", "waiting"]);
  assert.equal(open.now, 0);
});

Deno.test("after so many tries in a row it is given up, and a picture begins the count anew", async () => {
  const { clock, open, read } = camera([{ pictures: 1 }, GONE, { pictures: 1 }, GONE], 2);
  const message = await clock.until(refused(read(), "unavailable"));
  assert.equal(
    message,
    'Cannot read "a door": connection refused (after 2 more tries), a camera that sends video is wanted',
  );
  assert.equal(open.tries, 5, "a picture, one in vain, a picture, two in vain");
});

Deno.test("who is refused from the start is told at once; later it is waited for", async () => {
  const no = new InputError("refused", "server returned 401 Unauthorized");
  const first = camera([no]);
  assert.match(await first.clock.until(refused(first.read(), "unavailable")), /401 Unauthorized,/);
  assert.equal(first.open.tries, 1);
  const later = camera([{ pictures: 1 }, no, { pictures: 5 }]);
  await later.clock.until(later.read(2));
  assert.equal(later.open.tries, 3);
});

Deno.test("a fault of ours is no loss of the camera's", async () => {
  const fault = new TypeError("a fault");
  const { clock, read } = camera([{ pictures: 1, ends: fault as unknown as InputError }]);
  await assert.rejects(clock.until(read()), fault);
});

Deno.test("a drain ends the wait", async () => {
  const { clock, told, read, stop } = camera([GONE]);
  const reading = read();
  await clock.advance(100_000);
  stop.abort();
  await reading;
  assert.equal(told.at(-1), "ended");
});

Deno.test("waits grow to half a minute, each at least half of its bound", () => {
  const rng = seededRng(7);
  for (let tries = 1; tries <= 40; tries++) {
    const boundMs = Math.min(30_000, 500 * 2 ** (tries - 1));
    const waits = Array.from({ length: 50 }, () => waitBeforeMs(tries, rng));
    assert.ok(waits.every((ms) => ms >= boundMs / 2 && ms <= boundMs), `try ${tries}: ${waits}`);
    assert.ok(new Set(waits).size > 25, "they differ");
  }
});
