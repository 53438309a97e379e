/** Tests of what is made of `deno compile`'s failures; none needs the network. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { compile, reasonIn } from "./compiled.ts";
import type { Sources } from "./sources.ts";

const NOTHING: Sources = { modules: ["main.ts"], workers: [], assets: [], quotes: () => false };

/** Compiles a module of that text, with this Deno in the place of the base binary. */
async function compiled(text: string) {
  const app = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(app, "main.ts"), text);
    return await compile(app, NOTHING, join(app, "out"), 60_000, Deno.execPath());
  } finally {
    await Deno.remove(app, { recursive: true });
  }
}

Deno.test("a base binary that does not run the program is a failure", async () => {
  assert.deepEqual(await compiled(`console.log("smarteye 0.0.0")`), {
    made: false,
    why: "the compiled file does not run the program",
  });
});

Deno.test("a program that cannot be compiled is a failure that says why", async () => {
  const result = await compiled(`import "./missing.ts";`);
  assert.ok(!result.made && result.why.includes("missing.ts"), JSON.stringify(result));
});

Deno.test("the innermost cause is what is told", () => {
  const stderr = `Compile main.ts to smarteye
Download https://example.org/release/denort-x86_64.zip
error: Writing deno compile executable to temporary file 'smarteye.tmp-1'

Caused by:
    0: Setting up base binary.
    1: error sending request for url (https://example.org/release/denort-x86_64.zip)
    2: failed to lookup address information: Name or service not known

Stack backtrace:
   0: <unknown>
`;
  assert.equal(
    reasonIn(stderr),
    "Deno's base binary cannot be downloaded: " +
      "failed to lookup address information: Name or service not known",
  );
  assert.equal(reasonIn("error: Module not found\n"), "Module not found");
  assert.equal(reasonIn(""), "deno compile failed");
});
