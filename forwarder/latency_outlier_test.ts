import assert from "node:assert/strict";
import { type LatencySeen, slowness } from "./latency_outlier.ts";

const seen = (nowMs: number | undefined, bestMs = nowMs): LatencySeen => ({ nowMs, bestMs });

Deno.test("a server is too slow when it has become so, and others have not", () => {
  const cases: [why: string, LatencySeen, others: LatencySeen[], tooSlow: boolean][] = [
    ["as before", seen(80), [seen(10), seen(20)], false],
    ["ten times slower", seen(200, 20), [seen(10), seen(80)], true],
    ["ten times slower, of many", seen(800, 80), [seen(10), seen(20), seen(900), seen(30)], true],
    ["four times slower", seen(800, 200), [seen(10), seen(20)], false],
    ["so are the others", seen(200, 20), [seen(50, 10), seen(400, 80)], false],
    ["one of the others is", seen(200, 20), [seen(10), seen(11), seen(400, 40)], true],
    ["nobody would be quicker", seen(200, 20), [seen(150), seen(10)], false],
    ["it is no matter", seen(50, 5), [seen(2), seen(2)], false],
    ["there is one other", seen(200, 20), [seen(10)], false],
    ["of one other nothing is known", seen(200, 20), [seen(10), seen(undefined)], false],
    ["nothing is known", seen(undefined, 20), [seen(10), seen(10)], false],
  ];
  for (const [why, one, others, tooSlow] of cases) {
    assert.equal(slowness(one, () => others) !== undefined, tooSlow, why);
  }
  assert.equal(
    slowness(seen(200.4, 20), () => [seen(10), seen(80)]),
    "half of its answers take 200 ms or more, 20 ms before, 80 ms elsewhere",
  );
});

Deno.test("others are looked through only where it may be one", () => {
  assert.equal(slowness(seen(80), () => assert.fail("nobody asked")), undefined);
});
