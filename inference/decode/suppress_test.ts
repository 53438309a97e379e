import assert from "node:assert/strict";
import type { Box } from "../../core/detection.ts";
import { iou } from "../../core/detection.ts";
import { seededRng } from "../../core/rng.ts";
import type { Candidate } from "./decoder.ts";
import { suppress } from "./suppress.ts";

const candidate = (score: number, box: Box, classId = 0): Candidate => ({ classId, score, box });
const scores = (candidates: readonly Candidate[]) => candidates.map(({ score }) => score);

Deno.test("of boxes that are one object, the surest stays", () => {
  const cases: [what: string, candidates: Candidate[], kept: number[]][] = [
    ["nothing", [], []],
    ["apart", [candidate(0.5, [0, 0, 10, 10]), candidate(0.9, [20, 0, 30, 10])], [0.9, 0.5]],
    ["one object", [candidate(0.5, [0, 0, 10, 10]), candidate(0.9, [1, 0, 11, 10])], [0.9]],
    [
      "one place, two classes",
      [candidate(0.5, [0, 0, 10, 10], 0), candidate(0.9, [0, 0, 10, 10], 1)],
      [0.9, 0.5],
    ],
    [
      "just the threshold is no overlap",
      [candidate(0.9, [0, 0, 10, 10]), candidate(0.8, [0, 0, 5, 10])],
      [0.9, 0.8],
    ],
    [
      "what a suppressed one covers stays",
      [
        candidate(0.9, [0, 0, 10, 10]),
        candidate(0.8, [3, 0, 13, 10]),
        candidate(0.7, [6, 0, 16, 10]),
      ],
      [0.9, 0.7],
    ],
    [
      "no numbers",
      [
        candidate(NaN, [0, 0, 10, 10]),
        candidate(Infinity, [0, 0, 10, 10]),
        candidate(0.9, [0, 0, NaN, 10]),
        candidate(0.8, [0, 0, Infinity, 10]),
        candidate(0.5, [0, 0, 10, 10]),
      ],
      [0.5],
    ],
  ];
  for (const [what, candidates, kept] of cases) {
    const before = [...candidates];
    assert.deepEqual(scores(suppress(candidates, 0.5)), kept, what);
    assert.deepEqual(candidates, before, "the list is left as it is");
  }
});

Deno.test("simulation: what is kept is sorted, apart, and covers what is left out", () => {
  for (let seed = 0; seed < 100; seed++) {
    const rng = seededRng(seed);
    const candidates = Array.from({ length: 60 }, () => {
      const [x, y] = [rng() * 100, rng() * 100];
      const box: Box = [x, y, x + 5 + rng() * 40, y + 5 + rng() * 40];
      return candidate(rng(), box, Math.floor(rng() * 2));
    });
    const kept = suppress(candidates, 0.45);
    assert.deepEqual(scores(kept), scores(kept).toSorted((a, b) => b - a));
    const same = (a: Candidate, b: Candidate) =>
      a.classId === b.classId && iou(a.box, b.box) > 0.45;
    for (const one of kept) assert.ok(!kept.some((other) => other !== one && same(other, one)));
    for (const one of candidates) {
      assert.ok(kept.includes(one) || kept.some((other) => same(other, one)), `seed ${seed}`);
    }
  }
});

Deno.test("a wild output is cut before it takes seconds", () => {
  const wild = Array.from({ length: 20_000 }, (_, i) => candidate(0.5, [i * 10, 0, i * 10 + 5, 5]));
  assert.equal(suppress(wild, 0.5).length, 300);
});
