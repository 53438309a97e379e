import assert from "node:assert/strict";
import { type LatencySeen, slowness } from "./latency_outlier.ts";

const seen = (nowMs: number | undefined, slower: number | undefined = 1): LatencySeen => ({
  nowMs,
  slower,
});

Deno.test("a server is too slow when it has become so, and others have not", () => {
  const cases: [why: string, LatencySeen, others: LatencySeen[], tooSlow: boolean][] = [
    ["as before", seen(80), [seen(10), seen(20)], false],
    ["ten times slower", seen(200, 10), [seen(10), seen(80)], true],
    ["ten times slower, of many", seen(800, 10), [seen(10), seen(20), seen(900), seen(30)], true],
    ["four times slower", seen(800, 4), [seen(10), seen(20)], false],
    ["so are the others", seen(200, 10), [seen(50, 5), seen(400, 5)], false],
    ["one of the others is", seen(200, 10), [seen(10), seen(11), seen(400, 10)], true],
    ["nobody would be quicker", seen(200, 10), [seen(150), seen(10)], false],
    ["it is no matter", seen(50, 10), [seen(2), seen(2)], false],
    ["there is one other", seen(200, 10), [seen(10)], false],
    ["of one other nothing is known", seen(200, 10), [seen(10), seen(undefined)], false],
    ["nothing is known", seen(undefined, 10), [seen(10), seen(10)], false],
  ];
  for (const [why, one, others, tooSlow] of cases) {
    assert.equal(slowness(one, () => others) !== undefined, tooSlow, why);
  }
  assert.equal(
    slowness(seen(200.4, 10), () => [seen(10), seen(80)]),
    "half of its answers take 200 ms or more, 10 times as long as before and not 80 ms as elsewhere",
  );
});

Deno.test("others are looked through only where it may be one", () => {
  assert.equal(slowness(seen(800), () => assert.fail("nobody asked")), undefined);
});
