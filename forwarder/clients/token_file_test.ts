import assert from "node:assert/strict";
import { isSmarteyeError } from "../../core/errors.ts";
import { parseTokens } from "./token_file.ts";

const A = "a".repeat(64), B = "b".repeat(64);

Deno.test("a file of tokens says what each holder may do", () => {
  const table = parseTokens(
    `# cameras
tokens:
  - name: gate
    sha256: ${A.toUpperCase()}
    requests_per_s: 30
    in_flight: 4
    priority: background
    models: [street, yolox_nano]
  - { name: boss, sha256: ${B}, manages: true }
`,
    "tokens.yaml",
  );
  assert.deepEqual([...table.keys()], [A, B]);
  assert.deepEqual(table.get(A), {
    name: "gate",
    requestsPerSec: 30,
    inFlightMax: 4,
    priority: "background",
    models: new Set(["street", "yolox_nano"]),
    manages: false,
  });
  assert.deepEqual(table.get(B), {
    name: "boss",
    requestsPerSec: undefined,
    inFlightMax: undefined,
    priority: "interactive",
    models: undefined,
    manages: true,
  });
  assert.equal(parseTokens("tokens: []", "x").size, 0);
});

Deno.test("what is wrong with a file of tokens is said with its line", () => {
  const cases: [text: string, ...said: RegExp[]][] = [
    ["", /line 1: .*object/],
    ["tokens: {", /line \d: /],
    ["tokens:\n  - name: a\n", /line 2: tokens\.0\.sha256: /],
    [`tokens:\n  - name: a b\n    sha256: ${A}`, /line 2: tokens\.0\.name: a name of letters/],
    [
      "tokens:\n  - name: a\n    sha256: secret",
      /line 3: tokens\.0\.sha256: 64 hexadecimal digits/,
    ],
    [`tokens:\n  - name: a\n    sha256: ${A}\n    rate: 3`, /line 2: tokens\.0: .*rate/],
    [
      `tokens:\n  - name: a\n    sha256: ${A}\n    requests_per_s: 0\n    priority: high`,
      /line 4: tokens\.0\.requests_per_s: .*line 5: tokens\.0\.priority: /s,
    ],
    [
      `tokens:\n  - {name: a, sha256: ${A}}\n  - {name: A, sha256: ${A}}`,
      /line 3: tokens\.1\.name: another token has it already; line 3: tokens\.1\.sha256: another/,
    ],
    [`tokens:\n  - &x {name: a, sha256: ${A}}\n  - *x`, /alias/i],
  ];
  for (const [text, ...said] of cases) {
    assert.throws(() => parseTokens(text, "tokens.yaml"), (error: unknown) => {
      assert.ok(isSmarteyeError(error, "invalid_argument"), String(error));
      assert.match(error.message, /^Cannot use the file of tokens tokens\.yaml: /);
      for (const pattern of said) assert.match(error.message, pattern);
      return true;
    }, text);
  }
});
