/** Modules that do not want to be loaded: it ends all the same, and says how. */

import assert from "node:assert/strict";
import { systemClock } from "../../core/clock.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { PolicyProcess } from "../../tests/fakes/policy_process.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { SAMPLE_CONTROL } from "../samples.ts";
import { loadControlPolicy, loadDispatchPolicy } from "../registry.ts";

const FILTER = `{ place: "filter", reason: "" }`;

const HOST = { clock: systemClock, budgetMs: 1000 };

Deno.test("a module that does not come to an end is refused, whatever it is at", async () => {
  await using folder = new Folder();
  const path = folder.write("mine.js", "");
  const cases: [what: string, source: string, why: RegExp][] = [
    ["loops", `for (;;);`, /importing it does not end within 10000 ms, a module/],
    ["waits for ever", `await new Promise(() => {});`, /importing it does not end within/],
    ["waits by a timer", `await new Promise(() => setInterval(() => {}, 5));`, /does not end/],
    ["loops by turns", `for (;;) await 0;`, /importing it does not end within/],
    [
      "allocates",
      `const kept = []; for (let i = 0;; i++) kept.push(Array(1000).fill(i));`,
      /does not end within|takes more than 1024 MiB of memory, less is wanted/,
    ],
    [
      "loops on the sample",
      `export default () => { for (;;); }`,
      /does not answer within 10000 ms/,
    ],
  ];
  if (mkfifo(folder.file("pipe.js"))) {
    cases.push(["reads a pipe", `import "./pipe.js";`, /importing it does not end within/]);
  }
  for (const [what, source, why] of cases) {
    Deno.writeTextFileSync(path, source);
    await using process = new PolicyProcess(path); // its thread goes on until it ends
    const message = (await process.said())[0]!;
    assert.ok(message.startsWith(`Cannot load the control policy "${path}": `), message);
    assert.match(message, why, what);
  }
});

Deno.test("a module that ends its Worker, or fails, is refused", async () => {
  await using folder = new Folder();
  const cases: [what: string, source: string, why: RegExp][] = [
    ["exits", `Deno.exit(3);`, /it ended its Worker with status 3, a module that imports/],
    ["exits well", `Deno.exit(0);`, /it ended its Worker with status 0, a module that imports/],
    ["exits by Node", `process.exit(4);`, /it ended its Worker with status 4, a module/],
    [
      "exits on the sample",
      `export default () => Deno.exit(3)`,
      /it ended its Worker with status 3/,
    ],
    [
      "throws beside",
      `setTimeout(() => { throw 1 }); await new Promise(() => {})`,
      /failed with "1"/,
    ],
    [
      "hides itself",
      `export default new Proxy(() => {}, { get() { throw new Error("h") } })`,
      /"h"/,
    ],
    [
      "exports no data",
      `export const parameters = { a: () => 1 }; export default () => 1`,
      /plain dat/,
    ],
    [
      "is no number",
      `export const parameters = { a: 1 }; export default () => 1`,
      /parameter "a" is 1/,
    ],
  ];
  for (const [what, source, why] of cases) {
    const path = folder.write("mine.js", source);
    const message = await refused(loadControlPolicy(path, HOST), "invalid_argument");
    assert.ok(message.startsWith(`Cannot load the control policy "${path}": `), message);
    assert.match(message, why, `${what}: ${message}`);
  }
  const pipe = folder.file("pipe.js");
  if (!mkfifo(pipe)) return;
  assert.match(
    await refused(loadControlPolicy(pipe, HOST), "invalid_argument"),
    /it is not a file/,
  );
});

/** Makes a named pipe, where that can be done. */
function mkfifo(path: string): boolean {
  if (Deno.build.os === "windows") return false;
  return new Deno.Command("mkfifo", { args: [path] }).outputSync().success;
}

Deno.test("loading ends at once when the program is told to stop", async () => {
  await using folder = new Folder();
  const path = folder.write("mine.js", `await new Promise(() => {});`);
  const stop = new AbortController();
  const loading = loadDispatchPolicy(path, {
    clock: systemClock,
    budgetMs: 50,
    signal: stop.signal,
  });
  const message = refused(loading, "cancelled");
  await systemClock.sleep(100);
  const stoppedAtMs = performance.now();
  stop.abort();
  assert.match(await message, /^Cannot load the policy ".*": the program was told to stop$/);
  assert.ok(performance.now() - stoppedAtMs < 1000);
  await refused(
    loadDispatchPolicy(path, { clock: systemClock, budgetMs: 50, signal: stop.signal }),
    "cancelled",
  );
});

Deno.test("a module tells what its policy is, and the sample has its parameters", async () => {
  await using folder = new Folder();
  const path = folder.write(
    "mine.ts",
    `export const about = "where it is quieter";
    export const needs = ["difference"];
    export const parameters = {
      most: { about: "frames at once", unit: "frames", default: 3, min: 1, max: 9, isWhole: true },
      share: { about: "of them here", unit: "", default: 0.5, min: 0, max: 1 },
    };
    export default function quiet({ parameters }: { parameters: Record<string, number> }) {
      return { ...${FILTER}, reason: parameters.most + " " + parameters.share };
    }`,
  );
  const policy = await loadControlPolicy(path, { clock: systemClock, budgetMs: 1000 });
  const { name, about, needs, parameters } = policy;
  assert.deepEqual([name, about, needs], ["quiet", "where it is quieter", ["difference"]]);
  assert.deepEqual(parameters, {
    most: { about: "frames at once", unit: "frames", default: 3, min: 1, max: 9, isWhole: true },
    share: { about: "of them here", unit: "", default: 0.5, min: 0, max: 1 },
  });
  const answer = await policy.ask({ ...SAMPLE_CONTROL, parameters: { most: 4, share: 1 } }, 1);
  assert.deepEqual(answer, { place: "filter", reason: "4 1" });
  policy.close();

  const needy = folder.write(
    "needy.js",
    `export const parameters = { most: { about: "", unit: "", default: 3, min: 1, max: 9 } };
    export default ({ parameters }) => { if (parameters.most === 3) return ${FILTER} };`,
  );
  (await loadControlPolicy(needy, { clock: systemClock, budgetMs: 1000 })).close();
});

Deno.test("what a policy prints goes to stderr: stdout is for results", async () => {
  await using folder = new Folder();
  const path = folder.write(
    "loud.js",
    `import process, { stdout } from "node:process";
    import nodes from "node:console";
    export default () => {
      console.log("one"); console.info("two"); console.table([["three"]]); console.dir("four");
      process.stdout.write("five\\n"); Deno.stdout.writeSync(new TextEncoder().encode("six\\n"));
      stdout.write("seven\\n"); nodes.log("eight"); nodes.group(); globalThis.console.log("nine");
      return ${FILTER};
    }`,
  );
  const registry = new URL("../registry.ts", import.meta.url);
  const main = folder.write(
    "main.ts",
    `import { loadControlPolicy } from "${registry}";
    import { systemClock } from "${new URL("../../core/clock.ts", import.meta.url)}";
    const policy = await loadControlPolicy(${
      JSON.stringify(path)
    }, { clock: systemClock, budgetMs: 1000 });
    policy.close();
    console.log("done");
    Deno.exit(0);`,
  );
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--config", config, "-A", main],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  const err = decoder.decode(stderr);
  assert.equal(decoder.decode(stdout), "done\n", err);
  for (const word of ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]) {
    assert.match(err, new RegExp(word));
  }
});
