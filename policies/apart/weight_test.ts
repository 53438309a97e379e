import assert from "node:assert/strict";
import { weightOf } from "./weight.ts";

const MOST = 10_000;

Deno.test("what a policy may return weighs little", () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const decision = { place: "cloud", model: "m".repeat(50), reason: "r".repeat(500) };
  for (
    const value of [undefined, null, 1, "x", 10n, () => 1, circle, decision, [decision, [1, 2]]]
  ) {
    assert.ok(weightOf(value, MOST) < 2000);
  }
  const shared = "x".repeat(1000).split("");
  assert.ok(weightOf(Array(100).fill(shared), 1e6) < 2 * weightOf(shared, 1e6) + 100 * 64);
});

Deno.test("whatever is too much is found to be, and not looked at any further", () => {
  let looked = 0;
  const many = Object.defineProperty([..."x".repeat(MOST)], 0, {
    get: () => void looked++,
    enumerable: true,
  });
  const cases: [what: string, value: unknown][] = [
    ["text", "x".repeat(MOST)],
    ["text within", { a: [{ b: "x".repeat(MOST) }] }],
    ["a key", { ["x".repeat(MOST)]: 1 }],
    ["an array", many],
    ["a long array of nothing", new Array(1e9)],
    ["bytes", new Uint8Array(MOST + 1)],
    ["a buffer", new ArrayBuffer(MOST + 1)],
    ["a map", new Map(Array.from({ length: MOST }, (_, i) => [i, i]))],
    ["a map's text", new Map([["x", "x".repeat(MOST)]])],
    ["a set's text", new Set(["x".repeat(MOST)])],
    ["a number", 10n ** BigInt(2 * MOST)],
  ];
  for (const [what, value] of cases) assert.ok(weightOf(value, MOST) > MOST, what);
  assert.equal(looked, 0);
});
