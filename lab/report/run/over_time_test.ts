import assert from "node:assert/strict";
import { BEGAN_MS, frameLine, sent } from "../../../tests/fakes/stored_run.ts";
import { BARS_MAX, OverTime } from "./over_time.ts";
import { Spread } from "./spread.ts";

Deno.test("a run over time: each frame in its bar", () => {
  const overTime = new OverTime();
  overTime.addFrame(BEGAN_MS, frameLine(1));
  overTime.addFrame(BEGAN_MS + 100, frameLine(2, sent(1000)));
  overTime.addFrame(BEGAN_MS + 450, frameLine(3, { outcome: "dropped" }));
  overTime.addFrame(BEGAN_MS - 9000, frameLine(4, { outcome: "filtered" })); // the clock was set back
  overTime.addHappening(BEGAN_MS + 450, "cross");
  const { bars, widthS, startMs } = overTime;
  assert.deepEqual([widthS, startMs, bars.length], [0.2, BEGAN_MS, 3]);
  const told = bars.map((bar) => [bar.local, bar.cloud, bar.filtered, bar.dropped, bar.bytesUp]);
  assert.deepEqual(told, [[1, 1, 1, 0, 1000], [0, 0, 0, 0, 0], [0, 0, 0, 1, 0]]);
  assert.deepEqual(bars.map(({ happened }) => happened.cross), [0, 0, 1]);
});

Deno.test("however long a run is, there are as many bars as are seen, and nothing is lost", () => {
  for (const [stepMs, widthS] of [[100, 30], [1000, 300], [60_000, 21_600]] as const) {
    const overTime = new OverTime();
    for (let i = 0; i < 20_000; i++) {
      overTime.addFrame(BEGAN_MS + i * stepMs, frameLine(1, i % 4 === 0 ? sent(10) : {}));
    }
    const { bars } = overTime;
    assert.equal(overTime.widthS, widthS);
    assert.ok(bars.length <= BARS_MAX && bars.length > BARS_MAX / 6, `${bars.length}`);
    const sum = (of: "local" | "cloud" | "bytesUp") => bars.reduce((sum, bar) => sum + bar[of], 0);
    assert.deepEqual([sum("local"), sum("cloud"), sum("bytesUp")], [15_000, 5000, 50_000]);
    assert.equal(bars.reduce((sum, { cloudMs }) => sum + cloudMs.count, 0), 5000);
  }
});

Deno.test("a clock that jumps by years makes no more bars", () => {
  const overTime = new OverTime();
  overTime.addFrame(0, frameLine(1));
  overTime.addFrame(BEGAN_MS, frameLine(2));
  assert.ok(overTime.bars.length <= BARS_MAX);
  assert.equal(overTime.bars.reduce((sum, { local }) => sum + local, 0), 2);
});

Deno.test("a spread knows its quantiles to 3 %, also of what was put together", () => {
  const [one, other] = [new Spread(), new Spread()];
  assert.equal(one.quantile(0.5), undefined);
  for (let ms = 1; ms <= 1000; ms++) (ms % 2 === 0 ? one : other).add(ms);
  one.addAll(other);
  assert.equal(one.count, 1000);
  for (const share of [0.1, 0.5, 0.95, 1]) {
    const found = one.quantile(share)!;
    assert.ok(Math.abs(found / (1000 * share) - 1) < 0.03, `${share}: ${found}`);
  }
  one.add(1e99);
  assert.ok(Number.isFinite(one.quantile(1)));
});
