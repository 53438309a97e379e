import assert from "node:assert/strict";
import { enoughWorkers } from "./worker_count.ts";

Deno.test("as few Workers as infer as much as all are enough", async () => {
  const cases: [what: string, most: number, rate: (workers: number) => number, wanted: number][] = [
    ["each core counts", 16, (n) => n, 16],
    ["two threads a core", 16, (n) => Math.min(n, 8) + 0.01 * n, 8],
    ["memory is what counts", 16, (n) => Math.min(n, 3), 4],
    ["one does it all", 16, () => 1, 1],
    ["an odd number", 6, (n) => Math.min(n, 3), 3],
    ["half of them infer half as much, be it with noise", 8, (n) => n * (n === 4 ? 1.1 : 1), 8],
    ["too few to be worth it", 2, () => assert.fail("measured"), 2],
  ];
  for (const [what, most, rate, wanted] of cases) {
    assert.equal(await enoughWorkers(most, (n) => Promise.resolve(rate(n))), wanted, what);
  }
});
