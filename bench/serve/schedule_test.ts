/** When the requests of an open loop are due. */

import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { arrivals } from "./schedule.ts";

const never = () => {
  throw new Error("nothing is left to chance");
};

Deno.test("constant arrivals are evenly apart, and their gaps do not add up to an error", () => {
  const due = [...arrivals("constant", 30, 100_000, never)];
  assert.equal(due.length, 3000);
  assert.equal(due[0], 0);
  assert.equal(due[1], 1000 / 30);
  assert.equal(due[2999], 2999 * (1000 / 30));
});

Deno.test("Poisson arrivals come in order, as often as is wanted, and the same of one seed", () => {
  const due = [...arrivals("poisson", 200, 100_000, seededRng(3))];
  assert.ok(due.every((ms, i) => ms >= (due[i - 1] ?? 0) && ms < 100_000));
  // 20,000 are expected, with a deviation of 141.
  assert.ok(Math.abs(due.length - 20_000) < 3 * 141, String(due.length));
  assert.deepEqual([...arrivals("poisson", 200, 100_000, seededRng(3))], due);
  assert.notDeepEqual([...arrivals("poisson", 200, 100_000, seededRng(4))], due);
});

Deno.test("the gaps of Poisson arrivals are spread exponentially", () => {
  const due = [...arrivals("poisson", 1000, 50_000, seededRng(1))];
  const gaps = due.slice(1).map((ms, i) => ms - due[i]!);
  const share = (over: number) => gaps.filter((gap) => gap > over).length / gaps.length;
  for (const over of [0.5, 1, 2, 3]) {
    assert.ok(Math.abs(share(over) - Math.exp(-over)) < 0.01, `${over}: ${share(over)}`);
  }
});

Deno.test("a chance of 0 is a gap of 0, and no end", () => {
  const due = arrivals("poisson", 10, 1000, () => 0);
  assert.equal(due.next().value, 0);
  assert.equal(due.next().value, 0);
});
