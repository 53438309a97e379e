/** Who has the places of a full queue, over fake Workers in virtual time. */

import assert from "node:assert/strict";
import { isSmarteyeError } from "../core/errors.ts";
import { FakeClock } from "../core/fake_clock.ts";
import type { Priority } from "../core/infer.ts";
import { FakePlaces } from "../tests/fakes/places.ts";
import { plain } from "../tests/fakes/pictures.ts";
import { pixelsInput } from "../tests/fakes/worker_pool.ts";
import { Scheduler } from "./scheduler.ts";

/** A Worker that takes 10 ms for each, and 18 places to wait for it. */
class Crowd {
  readonly clock = new FakeClock();
  readonly #scheduler = new Scheduler({
    places: new FakePlaces(this.clock, { infer: () => 10 }),
    queueLengthMax: 18,
    clock: this.clock,
  });
  readonly #stop = new AbortController();
  readonly #asking: Promise<unknown>[] = [];

  /** How one went that is asked for. */
  async ask(model: string, priority: Priority): Promise<string> {
    const prepare = () => Promise.resolve(pixelsInput(plain(1, 1)));
    try {
      await this.#scheduler.run({ model, costMs: 10, priority, prepare });
      return "done";
    } catch (error) {
      assert.ok(isSmarteyeError(error, "overloaded"), String(error));
      assert.ok(error.retryAfterMs! > 0);
      return "refused";
    }
  }

  /** Asks all the time, at so many at once. @returns how many were done, which counts on. */
  flood(model: string, priority: Priority, atOnce: number): { done: number } {
    const count = { done: 0 };
    const one = async () => {
      while (!this.#stop.signal.aborted) {
        if (await this.ask(model, priority) === "done") count.done++;
        else await this.clock.sleep(1);
      }
    };
    for (let i = 0; i < atOnce; i++) this.#asking.push(one());
    return count;
  }

  /** Lets all end. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.clock.until(Promise.all(this.#asking));
    assert.equal(this.#scheduler.underWay, 0);
  }
}

for (
  const [what, model, priority] of [
    ["interactive jobs find a place where background ones have all", "m", "interactive"],
    ["a model that is seldom asked for finds a place where another has all", "rare", "background"],
  ] as const
) {
  Deno.test(what, async () => {
    const crowd = new Crowd();
    const flood = crowd.flood("m", "background", 40);
    const outcomes: string[] = [];
    const asked: Promise<unknown>[] = [];
    for (let n = 0; n < 50; n++) {
      await crowd.clock.advance(50);
      asked.push(crowd.ask(model, priority).then((outcome) => outcomes.push(outcome)));
    }
    await crowd.clock.until(Promise.all(asked));
    assert.deepEqual(outcomes, Array.from({ length: 50 }, () => "done"));
    assert.ok(flood.done > 190, `the others have what is left: ${flood.done}`);
    await crowd.end();
  });
}

Deno.test("background jobs keep some places where interactive ones would have all", async () => {
  const crowd = new Crowd();
  const background = crowd.flood("m", "background", 40);
  const interactive = crowd.flood("m", "interactive", 40);
  await crowd.clock.advance(5000);
  assert.ok(background.done >= 500 / 9 - 3, `a ninth of the turns: ${background.done}`);
  assert.ok(interactive.done >= 500 * 8 / 9 - 20, `and no more: ${interactive.done}`);
  await crowd.end();
});

Deno.test("two models that are asked for alike share the places", async () => {
  const crowd = new Crowd();
  const [many, some] = [crowd.flood("a", "interactive", 60), crowd.flood("b", "interactive", 12)];
  await crowd.clock.advance(5000);
  assert.ok(Math.abs(many.done - some.done) <= 25, `${many.done} and ${some.done}`);
  await crowd.end();
});
