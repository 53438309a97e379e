import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import type { RetentionLimits } from "./options.ts";
import { type Candidate, FirstToGo, firstToGo, type HeldKind, planDeletion } from "./plan.ts";

const NOW = 1_000_000;

/** A file of `bytes` that ended `ago` before now. */
function file(path: string, ago: number, bytes = 10, said: Partial<Candidate> = {}): Candidate {
  return { path, bytes, atMs: NOW - ago, kind: "pictures", isLast: false, disk: 0, ...said };
}

/** What goes, as `path:why`, in order. */
function going(
  candidates: readonly Candidate[],
  limits: RetentionLimits,
  { other = 0, short = [0] }: { readonly other?: number; readonly short?: number[] } = {},
): string[] {
  const bytes = candidates.reduce((sum, one) => sum + one.bytes, other);
  const plan = planDeletion({ candidates, bytes, shortBytes: short }, limits, NOW);
  return plan.going.map(({ path, why }) => `${path}:${why}`);
}

const ABC = [file("b", 200), file("c", 100), file("a", 300)];
const event = (path: string, ago: number) => file(path, ago, 10, { kind: "events" });

const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["no limits: nothing goes", going(ABC, {}), []],
  ["what is older goes, the oldest first", going(ABC, { ageMs: 150 }), ["a:age", "b:age"]],
  ["as old as may be stays", going(ABC, { ageMs: 300 }), []],
  ["too much: the oldest, until it fits", going(ABC, { bytesMax: 20 }), ["a:size"]],
  ["what may not go counts, too", going(ABC, { bytesMax: 30 }, { other: 5 }), ["a:size"]],
  ["what goes for its age makes room", going(ABC, { ageMs: 250, bytesMax: 20 }), ["a:age"]],
  ["a full disk", going(ABC, { ageMs: 1000 }, { short: [15] }), ["a:free", "b:free"]],
  [
    "of a full disk only what is on it",
    going([file("a", 9), file("b", 5, 10, { disk: 1 })], { ageMs: 99 }, { short: [0, 1] }),
    ["b:free"],
  ],
  ["events are as all else", going([event("e", 300), file("a", 200)], { bytesMax: 10 }), [
    "e:size",
  ]],
  [
    "events that are kept longer go last",
    going([event("e", 300), file("a", 200)], { bytesMax: 10, eventsAgeMs: 400 }),
    ["a:size"],
  ],
  [
    "and when nothing else is left",
    going([event("e", 300), file("a", 200)], { bytesMax: 0, eventsAgeMs: 400 }),
    ["a:size", "e:size"],
  ],
  [
    "and not for the age of all else",
    going([event("old", 500), event("e", 300), file("a", 200)], { ageMs: 150, eventsAgeMs: 400 }),
    ["old:age", "a:age"],
  ],
  [
    "of one time, those that tell whose the others are go last",
    going([file("a", 9, 10, { isLast: true }), file("b", 9)], { bytesMax: 10 }),
    ["b:size"],
  ],
];

for (const [name, found, wanted] of CASES) {
  Deno.test(name, () => assert.deepEqual(found, wanted));
}

Deno.test("300 plans: limits hold, the oldest goes first, nothing goes without a reason", () => {
  const rng = seededRng(7);
  const whole = (max: number) => Math.floor(rng() * max);
  for (let n = 0; n < 300; n++) {
    const candidates = Array.from({ length: whole(60) }, (_, i) => {
      const kind: HeldKind = whole(3) === 0 ? "events" : "pictures";
      return file(`${i}`, whole(1000), whole(50), { kind, disk: whole(2) });
    });
    const limits: RetentionLimits = {
      ...(whole(2) ? { ageMs: whole(1000) } : {}),
      ...(whole(2) ? { bytesMax: whole(1500) } : {}),
      ...(whole(2) ? { eventsAgeMs: whole(1000) } : {}),
    };
    const fixed = whole(200);
    const bytes = candidates.reduce((sum, one) => sum + one.bytes, fixed);
    const shortBytes = [whole(300) - 150, whole(300) - 150];
    const plan = planDeletion({ candidates, bytes, shortBytes }, limits, NOW);
    const gone = new Set(plan.going.map(({ path }) => path));
    const stays = candidates.filter(({ path }) => !gone.has(path));
    const order = firstToGo(limits, NOW);
    const left = stays.reduce((sum, one) => sum + one.bytes, fixed);
    const { bytesMax = Infinity } = limits;
    assert.equal(plan.excessBytes, Math.max(0, left - bytesMax));
    assert.ok(left <= bytesMax || stays.length === 0, "it fits, or nothing is left that may go");
    assert.deepEqual(plan.going, plan.going.toSorted(order));
    for (const disk of [0, 1]) {
      const freed: number = plan.going.filter((one) => one.disk === disk)
        .reduce((sum, one) => sum + one.bytes, 0);
      const isEmpty = stays.every((one) => one.disk !== disk);
      assert.ok(freed >= shortBytes[disk]! || isEmpty, "a disk has its room");
    }
    for (const one of stays) {
      const { ageMs = Infinity, eventsAgeMs = 0 } = limits;
      const mayBe = Math.max(ageMs, one.kind === "events" ? eventsAgeMs : 0);
      assert.ok(NOW - one.atMs <= mayBe, "none is too old");
      for (const other of plan.going.filter(({ why }) => why === "size")) {
        assert.ok(order(other, one) < 0, "an older one went");
      }
    }
  }
});

Deno.test("of many, the first that go are kept, and only so many", () => {
  const order = firstToGo({}, NOW);
  const first = new FirstToGo(order, 10);
  const all = Array.from({ length: 1000 }, (_, i) => file(`${i}`, (i * 7919) % 1000));
  for (const one of all) first.add(one);
  assert.deepEqual(first.taken(), all.toSorted(order).slice(0, 10));
  assert.equal(first.isPartial, true);
  const few = new FirstToGo(order, 10);
  few.add(all[0]!);
  assert.deepEqual([few.taken(), few.isPartial], [[all[0]], false]);
});
