import assert from "node:assert/strict";
import {
  ExpressionProblem,
  isExpression,
  parsePolicy,
  policiesIn,
  splitPolicies,
} from "./expression.ts";

const one = (nameOrPath: string) => ({ kind: "one", nameOrPath });

Deno.test("an expression is taken apart, also what lies in another", () => {
  const cases: readonly [text: string, wanted: unknown][] = [
    ["bandit", one("bandit")],
    ["./my policy (old), v2/mine.ts", one("./my policy (old), v2/mine.ts")],
    ["fallback(a,b)", { kind: "fallback", first: one("a"), second: one("b") }],
    [" shadow( a , ./b.ts ) ", { kind: "shadow", first: one("a"), second: one("./b.ts") }],
    ["budgeted(a, 50000)", { kind: "budgeted", first: one("a"), bytesPerSec: 50_000 }],
    ["budgeted(a, 50k)", { kind: "budgeted", first: one("a"), bytesPerSec: 50_000 }],
    ["budgeted(a, 1.5M)", { kind: "budgeted", first: one("a"), bytesPerSec: 1_500_000 }],
    ["budgeted(./b (1)/x.ts, 1)", {
      ...{ kind: "budgeted", first: one("./b (1)/x.ts"), bytesPerSec: 1 },
    }],
    ["shadow(fallback(a, budgeted(b, 2k)), c)", {
      kind: "shadow",
      first: {
        kind: "fallback",
        first: one("a"),
        second: { kind: "budgeted", first: one("b"), bytesPerSec: 2000 },
      },
      second: one("c"),
    }],
  ];
  for (const [text, wanted] of cases) assert.deepEqual(parsePolicy(text), wanted, text);
});

Deno.test("what is no expression is told, with what is wanted", () => {
  const cases: readonly [text: string, message: RegExp][] = [
    ["fallbak(a, b)", /^"fallbak" with brackets .*\(did you mean fallback\?\), one of fallback\(/],
    ["first(a, b)", /^"first" with brackets behind it, one of fallback\(POLICY, POLICY\), budg/],
    ["fallback(a, b", /which ends within brackets, a "\)" is wanted$/],
    ["fallback(a, b) c", /^" *c" behind the last "\)", nothing more is wanted$/],
    ["fallback(a)", /with 1 of two between its brackets, fallback\(POLICY, POLICY\) is wanted$/],
    ["fallback(a, )", /with 1 of two between/],
    ["shadow(a, b, c)", /with 3 of two between its brackets, shadow\(LIVE, CANDIDATE\) is wanted$/],
    ["budgeted(a, b)", /^the budget "b", a number of bytes a second above 0, .* is wanted$/],
    ["budgeted(a, 0)", /^the budget "0"/],
    ["budgeted(a, -5)", /^the budget "-5"/],
    ["budgeted(a, 5G)", /^the budget "5G"/],
    ["budgeted(a, 2000M)", /^the budget "2000M"/],
    [`${"fallback(".repeat(9)}a${", b)".repeat(9)}`, /combined too often, a depth of 8 is wanted/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => parsePolicy(text), (error) => {
      assert.ok(error instanceof ExpressionProblem, text);
      assert.match(error.message, message, text);
      return true;
    });
  }
});

Deno.test("names and paths are told from expressions", () => {
  for (const text of ["bandit", "./fallback(1)/x.ts", "dir (1)/x.ts", "", "x.ts"]) {
    assert.equal(isExpression(text), false, text);
  }
  for (const text of ["fallback(a, b)", "fallback(./a.ts, ./b.ts", "other(a)"]) {
    assert.equal(isExpression(text), true, text);
  }
});

Deno.test("every policy that an expression names, each once", () => {
  assert.deepEqual(policiesIn("a"), ["a"]);
  assert.deepEqual(policiesIn("shadow(fallback(a, ./b.ts), budgeted(a, 5k))"), ["a", "./b.ts"]);
  assert.deepEqual(policiesIn("shadow(a"), ["shadow(a"]);
});

Deno.test("a list is split at the commas that are in no brackets", () => {
  assert.deepEqual(splitPolicies("a, fallback(b, budgeted(c, 5k)) ,d"), [
    "a",
    "fallback(b, budgeted(c, 5k))",
    "d",
  ]);
  assert.deepEqual(splitPolicies("a,,b"), ["a", "", "b"]);
});
