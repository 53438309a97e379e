import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { assign, type Pair } from "./assignment.ts";

/** What pairs are worth that cost less than the limit. */
function worth(costs: readonly (readonly number[])[], pairs: readonly Pair[], limit: number) {
  return pairs.reduce((sum, [row, column]) => sum + limit - costs[row]![column]!, 0);
}

/** The most that any pairs are worth, by trying all. */
function best(costs: readonly (readonly number[])[], limit: number, row = 0, used = 0): number {
  if (row === costs.length) return 0;
  let most = best(costs, limit, row + 1, used);
  costs[row]!.forEach((cost, column) => {
    if (cost >= limit || used & (1 << column)) return;
    const rest = best(costs, limit, row + 1, used | (1 << column));
    most = Math.max(most, limit - cost + rest);
  });
  return most;
}

Deno.test("assign: no pairs are worth more, with any number of rows, columns and forbidden pairs", () => {
  const rng = seededRng(1);
  let made = 0;
  for (let round = 0; round < 300; round++) {
    const [rows, columns] = [1 + Math.floor(rng() * 5), 1 + Math.floor(rng() * 5)];
    const costs = Array.from(
      { length: rows },
      () => Array.from({ length: columns }, () => rng() < 0.3 ? Infinity : 10 * rng() - 5),
    );
    const limit = 4 * rng() - 1;
    const pairs = assign(costs, limit);
    made += pairs.length;
    for (const [row, column] of pairs) assert.ok(costs[row]![column]! < limit);
    assert.equal(new Set(pairs.map(([row]) => row)).size, pairs.length);
    assert.equal(new Set(pairs.map(([, column]) => column)).size, pairs.length);
    assert.ok(Math.abs(worth(costs, pairs, limit) - best(costs, limit)) < 1e-9);
  }
  assert.ok(made > 300);
});

Deno.test("assign: nothing with nothing, and nothing where all is forbidden", () => {
  assert.deepEqual(assign([], 1), []);
  assert.deepEqual(assign([[], []], 1), []);
  assert.deepEqual(assign([[Infinity, Infinity]], 1), []);
  assert.deepEqual(assign([[1, 2]], 1), []);
});
