/** What is read of a file, on small files. */

import assert from "node:assert/strict";
import { sourceOf } from "./source.ts";

Deno.test("imports: values, types, dynamic ones, files of packages", () => {
  const { imports } = sourceOf(
    "edge/capture/a.ts",
    `import { x } from "../b.ts";
     import type { Y } from "zod";
     import "../../core/c.ts";
     export * from "./d.ts";
     export const f = async () => (await import("sharp")).default;
     const font = import.meta.resolve("@fontsource/x/files/y.woff");
     const text = "import z from 'q'"; // import "r"
    `,
  );
  const as = (target: string, ours: boolean, eager: boolean, isType = false) => ({
    target,
    ours,
    eager,
    isType,
  });
  assert.deepEqual(imports, [
    as("edge/b.ts", true, true),
    as("zod", false, false, true),
    as("core/c.ts", true, true),
    as("edge/capture/d.ts", true, true),
    as("sharp", false, false),
    as("@fontsource/x/files/y.woff", false, false),
  ]);
});

Deno.test("functions: their length, and the comment above their statement", () => {
  const { functions } = sourceOf(
    "a.ts",
    `/** Of the file. */

export function one() {
}

// In one piece: because.
export async function two() {
  return [1].map((n) => n);
}

class Three {
  /** A method. */
  async three(
    a: number,
  ) {
    return a;
  }
}

/** A test. */
test(
  "name",
  () => {
  },
);
`,
  );
  assert.deepEqual(
    functions.map(({ line, lines, comment }) => [line, lines, comment?.replace(/^\*|\s+$/g, "")]),
    [
      [3, 2, undefined],
      [7, 3, " In one piece: because."],
      [8, 1, undefined],
      [13, 5, " A method."],
      [21, 2, " A test."],
    ],
  );
});

Deno.test("timers that no clock knows, wherever they are named", () => {
  const timersOf = (text: string) => sourceOf("a.ts", text).timers.length;
  assert.equal(timersOf("setTimeout(() => {}, 1);"), 1);
  assert.equal(timersOf("const t: ReturnType<typeof setInterval> = globalThis.setInterval();"), 2);
  assert.equal(timersOf('import { setTimeout as sleep } from "node:timers/promises";'), 1);
  assert.equal(timersOf("fetch(url, { signal: AbortSignal.timeout(5) });"), 1);
  assert.equal(timersOf('const text = "setTimeout"; // setTimeout\nclock.sleep(5);'), 0);
});

Deno.test("a barrel only hands on what others export", () => {
  const isBarrel = (text: string) => sourceOf("a.ts", text).isBarrel;
  assert.equal(isBarrel('export * from "./b.ts";\nexport { c } from "./c.ts";'), true);
  assert.equal(isBarrel('export { c } from "./c.ts";\nexport const a = 1;'), false);
  assert.equal(isBarrel("const a = 1;\nexport { a };"), false);
  assert.equal(isBarrel(""), false);
});
