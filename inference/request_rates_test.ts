import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { RequestRates } from "./request_rates.ts";

const near = (value: number, wanted: number) =>
  assert.ok(Math.abs(value - wanted) < 0.05 * wanted + 0.01, `${value}, ${wanted} is wanted`);

Deno.test("requests are averaged over the last seconds", async () => {
  const clock = new FakeClock();
  const rates = new RequestRates(clock, (thrown) => (thrown as Error).message !== "the caller's");
  assert.deepEqual([rates.meanUnderWay, rates.endedPerSecond, rates.failedPerSecond], [0, 0, 0]);
  // Twenty a second, each of 100 ms: two under way. Every fourth fails, and every fourth is wrong.
  const all = Array.from({ length: 400 }, async (_, i) => {
    await clock.sleep(50 * i);
    await rates.count(async () => {
      await clock.sleep(100);
      if (i % 4 === 0) throw new Error("broken");
      if (i % 4 === 1) throw new Error("the caller's");
    }).catch(() => {});
  });
  await clock.until(Promise.all(all));
  near(rates.meanUnderWay, 2);
  near(rates.endedPerSecond, 20);
  near(rates.failedPerSecond, 5);
  clock.jump(20_000);
  near(rates.meanUnderWay, 0);
  near(rates.endedPerSecond, 0);
});
