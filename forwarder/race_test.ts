import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { type Contender, race } from "./race.ts";

/** One that ends so after so long, or with `given up`. */
function contender(clock: FakeClock, ms: number, how: string): Contender<string> {
  const over = new AbortController();
  const ended = clock.sleep(ms, over.signal).then(() => over.signal.aborted ? "given up" : how);
  return { ended, giveUp: () => over.abort() };
}

Deno.test("the first that decides it ends the other", async () => {
  const cases: [one: [number, string], two: [number, string], ends: string[], ms: number][] = [
    [[10, "yes"], [20, "yes"], ["yes", "given up"], 10],
    [[20, "yes"], [10, "yes"], ["yes", "given up"], 10],
    [[10, "no"], [20, "yes"], ["yes", "no"], 20],
    [[20, "yes"], [10, "no"], ["yes", "no"], 20],
    [[10, "no"], [20, "never"], ["no", "never"], 20],
    [[20, "no"], [10, "never"], ["never", "no"], 20],
  ];
  for (const [one, two, ends, ms] of cases) {
    const clock = new FakeClock();
    const found = race(contender(clock, ...one), contender(clock, ...two), (end) => end === "yes");
    assert.deepEqual([await clock.until(found), clock.nowMs()], [ends, ms]);
  }
});

Deno.test("what one rejects with ends the other, too", async () => {
  const clock = new FakeClock();
  const other = contender(clock, 1000, "yes");
  const broken = { ended: Promise.reject(new TypeError("a fault")), giveUp: () => {} };
  await assert.rejects(race(broken, other, () => true), TypeError);
  assert.equal(await other.ended, "given up");
});
