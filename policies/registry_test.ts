import assert from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "../core/clock.ts";
import { isSmarteyeError } from "../core/errors.ts";
import {
  CONTROL_POLICIES,
  DISPATCH_POLICIES,
  loadControlPolicy as loadControlPolicyWith,
  loadDispatchPolicy as loadDispatchPolicyWith,
} from "./registry.ts";

const HOST = { clock: systemClock, budgetMs: 1000 };

const loadControlPolicy = (name: string) => loadControlPolicyWith(name, HOST);
const loadDispatchPolicy = (name: string) => loadDispatchPolicyWith(name, HOST);

async function inFolder(test: (write: (name: string, source: string) => string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test((name, source) => {
      const path = join(folder, name);
      Deno.writeTextFileSync(path, source);
      return path;
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function refusal(loading: Promise<unknown>): Promise<string> {
  try {
    await loading;
  } catch (error) {
    assert.ok(isSmarteyeError(error, "invalid_argument"), String(error));
    assert.ok(!error.message.includes("\n"), "one line, no stack trace");
    return error.message;
  }
  throw new assert.AssertionError({ message: "it was loaded" });
}

Deno.test("registered policies are loaded by name", async () => {
  for (const [name, { parameters = {} }] of Object.entries(CONTROL_POLICIES)) {
    const loaded = await loadControlPolicy(name);
    assert.deepEqual([loaded.name, loaded.parameters], [name, parameters]);
  }
  for (const name of Object.keys(DISPATCH_POLICIES)) {
    assert.equal((await loadDispatchPolicy(name)).name, name);
  }
});

Deno.test("a name that nobody has is refused with those that there are", async () => {
  const control = await refusal(loadControlPolicy("treshold_offload_policy"));
  assert.match(control, /^Cannot load the control policy "treshold_offload_policy": /);
  assert.match(control, /always_local_fastest_model, always_cloud_lowest_delay/);
  assert.match(control, /did you mean threshold_offload_policy\?/);
  const dispatch = await refusal(loadDispatchPolicy("fortune"));
  assert.match(dispatch, /random, round_robin, shortest_queue, lowest_cpu_utilization/);
  assert.doesNotMatch(dispatch, /did you mean/);
  await refusal(loadDispatchPolicy("constructor"));
});

Deno.test("a module's policy is loaded under its function's name or its file's", async () => {
  await inFolder(async (write) => {
    const filter = `({ place: "filter", reason: "" })`;
    const cases: [file: string, source: string, name: string][] = [
      ["a.ts", `export default function drop_all(): unknown { return ${filter}; }`, "drop_all"],
      ["b.js", `export default () => ${filter};`, "b"],
      ["c.mjs", `export const policy = () => ${filter};`, "c"],
      ["d.js", `const mine = () => ${filter}; export { mine as policy };`, "mine"],
    ];
    for (const [file, source, name] of cases) {
      const loaded = await loadControlPolicy(write(file, source));
      loaded.close();
      assert.equal(loaded.name, name, file);
    }
  });
});

Deno.test("a policy may name a model of its author's own, and dispatch by rules of its own", async () => {
  await inFolder(async (write) => {
    const own = `{ place: "cloud", model: "my_net", height: 320, quality: 50, reason: "" }`;
    const mine = await loadControlPolicy(write("own.js", `export default () => (${own});`));
    mine.close();
    assert.equal(mine.name, "own");
    const last = await loadDispatchPolicy(
      write(
        "last.ts",
        "export default (s: { candidates: { name: string }[] }) => s.candidates.at(-1)!.name;",
      ),
    );
    const candidates = ["x", "y"].map((name) => (
      { name, inFlight: 0, load: undefined, latencyMs: undefined }
    ));
    assert.equal(await last.ask({ sequence: 0, model: "m", candidates }, 1), "y");
    last.close();
  });
});

Deno.test("a module that is of no use is refused with the reason", async () => {
  await inFolder(async (write) => {
    const modules: [file: string, source: string, reason: RegExp][] = [
      ["syntax.js", "export default (", /importing it failed with ".+" at line 1, a module that/],
      ["boom.js", `throw new Error("no luck");`, /importing it failed with "no luck"/],
      ["needs.js", `import "./is_not_there.js";`, /importing it failed with/],
      ["value.js", "export default 42;", /it exports default, a function as the default export/],
      ["empty.js", "", /it exports nothing, a function/],
      ["throws.js", `export default () => { throw new Error("oh\\nno"); };`, /it threw "oh" on a/],
      ["promise.js", `export default () => Promise.reject(new Error("x"));`, /it is an async func/],
      ["async.js", "export default async () => 1;", /it is an async function, one that returns/],
      ["nothing.js", "export default () => {};", /on a sample snapshot, .*undefined.* wanted/],
    ];
    for (const [file, source, reason] of modules) {
      const path = write(file, source);
      for (
        const [kind, loading] of [
          ["control", loadControlPolicy],
          ["dispatch", loadDispatchPolicy],
        ] as const
      ) {
        const message = await refusal(loading(path));
        assert.ok(message.startsWith(`Cannot load the ${kind} policy ${JSON.stringify(path)}: `));
        assert.match(message, reason);
      }
    }
    const rubbish = write("rubbish.js", `export default () => ({ place: "moon" });`);
    assert.match(await refusal(loadControlPolicy(rubbish)), /"place" of its decision/);
    const tooLarge = `{ place: "cloud", model: "yolox_nano", height: 99999, quality: 85 }`;
    const height = write("height.js", `export default () => (${tooLarge});`);
    assert.match(await refusal(loadControlPolicy(height)), /"height" of its decision/);
    const stranger = write("stranger.js", `export default () => "localhost";`);
    assert.match(await refusal(loadDispatchPolicy(stranger)), /it returned "localhost", the name/);
  });
});

Deno.test("only files of this machine are loaded", async () => {
  const cases: [path: string, reason: RegExp][] = [
    ["./is_not_there.ts", /there is no such file, the path of a module is wanted/],
    ["is_not_there.ts", /there is no such file/],
    [`${Deno.cwd()}/`, /it is not a file/],
    ["https://localhost/policy.ts", /it is a URL, the path of a local module is wanted/],
    ["data:text/javascript,export default 1", /it is a URL/],
    ["file:///tmp/policy.ts", /it is a URL/],
  ];
  for (const [path, reason] of cases) {
    assert.match(await refusal(loadControlPolicy(path)), reason, path);
  }
});
