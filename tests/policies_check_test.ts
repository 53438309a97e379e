/** `smarteye policies check`, on policies that do what one must not. */

import assert from "node:assert/strict";
import { run } from "../cli/run.ts";
import type { World } from "../cli/world.ts";
import { systemClock } from "../core/clock.ts";
import { loadControlPolicy } from "../policies/registry.ts";
import { ask } from "../lab/contract/contender.ts";
import { Folder } from "./fakes/folder.ts";
import { FakeWorld } from "./fakes/world.ts";

async function ran(...args: readonly string[]) {
  const fake = new FakeWorld();
  const world: World = { ...fake, clock: systemClock };
  const code = await run(["policies", "check", ...args], world);
  return { code, stdout: fake.stdout.text, stderr: fake.stderr.text };
}

/** A module whose function has this body; it decides for the edge's first model where nothing else is said. */
function module(body: string, before = ""): string {
  return `${before}
export default function tried({ frame, local, cloud, settings, parameters, state }, rng) {
  const here = { place: "local", model: local.models[0]?.name ?? "none", reason: "as ever" };
  ${body}
  return here;
}
`;
}

/** Policies with one fault each, the check that finds it, and what that says. */
const FAULTS: readonly (readonly [fault: string, source: string, check: string, found: RegExp])[] =
  [
    [
      "throws where a latency is unknown",
      module(`here.reason = cloud.latencyMs.toFixed(0);`),
      "total",
      /^it threw "Cannot read properties of undefined .*" \(on 3 of \d+ snapshots\)$/,
    ],
    [
      "throws on an extreme alone",
      module(`if (frame.width > 10000) throw new Error("too wide");`),
      "total",
      /^it threw "too wide" \(on 1 of \d+ snapshots\)$/,
    ],
    [
      "promises now and then",
      module(`if (cloud.pending > 15) return Promise.resolve(here);`),
      "total",
      /^it returned a promise, one that returns its answer at once is wanted/,
    ],
    [
      "late on large frames",
      module(`if (frame.width > 10000) while (true);`),
      "total",
      /^it did not answer within 50 ms, 3 times \(on 1 of /,
    ],
    [
      "changes its snapshot",
      module(`if (frame.index > 22) frame.index = 0;`),
      "total",
      /^it threw "Cannot assign to read only property 'index'/,
    ],
    [
      "a quality of 200",
      module(`if (cloud.available && frame.index > 22) {
        return { ...here, place: "cloud", model: cloud.models[0].name, height: 480, quality: 200 };
      }`),
      "in_bounds",
      /^"quality" of its decision .* is not usable/,
    ],
    [
      "a model that is not there",
      module(`if (frame.index > 22) here.model = "yolo99";`),
      "in_bounds",
      /^its decision names the model "yolo99", which is not offered there/,
    ],
    [
      "a state that is no JSON",
      module(`here.state = { at: frame.index > 22 ? new Date(0) : null };`),
      "in_bounds",
      /^its state\.at is .*1970.*, data that JSON brings back as it is, is wanted/,
    ],
    ["no reason", module(`here.reason = "";`), "reason", /^it gives no reason/],
    [
      "chance of its own",
      module(`here.reason = String(Math.random());`),
      "chance",
      /^the same snapshot and seed give .* then .* \(on (\d+) of \1 snapshots\)$/,
    ],
    [
      "a counter in the module",
      module(`here.reason = "frame " + ++frames;`, "let frames = 0;"),
      "pure",
      /^asked in another order, it answers .* then /,
    ],
    [
      "told by what is there",
      module(`here.reason = "latencyMs" in cloud ? "told" : "not told";`),
      "pure",
      /^asked again from a record, it answers .*told.* then .*not told/,
    ],
    [
      "a state that grows",
      module(`here.state = [...state ?? [], frame.index].slice(-5000);`),
      "state",
      /^its state grows: \d+ bytes of JSON by frame 1000, \d+ by frame 2000; past 65536, at about/,
    ],
  ];

for (const [fault, source, wanted, found] of FAULTS) {
  Deno.test(`policies check: ${fault}, which ${wanted} tells, and no other`, async () => {
    await using folder = new Folder();
    const path = folder.write("tried.js", source);
    const { code, stdout } = await ran(path, "--json", "--snapshots", "100", "--save", folder.path);
    assert.equal(code, 1, stdout);
    const { ok, policies: [{ checks, name }] } = JSON.parse(stdout);
    assert.equal(ok, false);
    assert.equal(name, "tried");
    const failed = checks.filter(({ outcome }: { outcome: string }) => outcome === "failed");
    assert.deepEqual(failed.map(({ check }: { check: string }) => check), [wanted]);
    assert.match(failed[0].found, found);
    assert.ok(failed[0].wanted);
    if (wanted === "state") return; // no single snapshot shows it
    // What shows it is in a file, and shows it again.
    const { seed, snapshot } = JSON.parse(Deno.readTextFileSync(failed[0].file));
    assert.deepEqual(JSON.parse(JSON.stringify(snapshot)), failed[0].shown_by.snapshot);
    if (!["total", "in_bounds"].includes(wanted)) return;
    const policy = await loadControlPolicy(path, { clock: systemClock, budgetMs: 50 });
    const reply = await ask({ policy, runs: "apart" }, { seed, snapshot });
    policy.close();
    assert.ok(reply.kind !== "answered" && failed[0].found.startsWith(reply.found));
  });
}

Deno.test("policies check: where nothing is answered, nothing else is looked at", async () => {
  await using folder = new Folder();
  const unusual = `if (frame.index !== 21) throw new Error("only that of the sample");`;
  const { code, stdout } = await ran(folder.write("tried.js", module(unusual)));
  assert.equal(code, 1);
  const outcomes = stdout.trimEnd().split("\n").slice(1).map((line) => line.trim().split(/ +/)[1]);
  assert.deepEqual(outcomes, ["ok", "FAILED", ...Array(8).fill("skipped")]);
});

Deno.test("policies check: what cannot be loaded fails the first check, each in its line", async () => {
  await using folder = new Folder();
  const modules = [
    folder.write("promises.js", `export default async () => ({ place: "filter" });`),
    folder.write("empty.js", "export const nothing = 1;"),
    folder.write("broken.ts", "export default function ("),
  ];
  const { code, stdout } = await ran(...modules);
  assert.equal(code, 1);
  const lines = stdout.split("\n").filter((line) => line.startsWith("  "));
  assert.match(lines[0]!, /^ {2}loads +FAILED {3}it is an async function, one that returns its/);
  assert.match(lines[1]!, /^ {2}loads +FAILED {3}it exports nothing, a function as the default/);
  assert.match(lines[2]!, /^ {2}loads +FAILED {3}importing it failed with/);
  assert.equal(lines.length, 3);
});

Deno.test("policies check: what is only told leaves the status as it is", async () => {
  await using folder = new Folder();
  const body = `for (let i = 0, end = performance.now() + 0.3; performance.now() < end; i++);`;
  const { code, stdout } = await ran(folder.write("slow.js", module(body)), "--snapshots", "20");
  assert.equal(code, 0, stdout);
  assert.match(
    stdout,
    /\n {2}time +warning {2}p50 0\.3\d* ms, p99 .* ms a decision; wanted: at most/,
  );
  const alone = await ran("always_cloud_lowest_delay", "--snapshots", "20");
  assert.equal(alone.code, 0);
  assert.match(
    alone.stdout,
    /\n {2}one_sided +warning {2}where the cloud has no model, it threw "the cloud has no model .*; wanted: .*; shown by the cloud has no model \(seed 1: frame \d+ of \d+x\d+, /,
  );
  assert.match(alone.stdout, /│ cars .* always_local_fastest_model /);
});

Deno.test("policies check: a policy that takes longer than an edge waits fails", async () => {
  await using folder = new Folder();
  const body = `for (const end = performance.now() + 3; performance.now() < end;);`;
  const path = folder.write("slow.js", module(body));
  const { code, stdout } = await ran(path, "--snapshots", "5", "--decision-ms", "1");
  assert.equal(code, 1);
  assert.match(stdout, /\n {2}total +FAILED {3}it did not answer within 1 ms, 3 times/);
});

Deno.test("policies check: parameters are those of the config, and any that may be set", async () => {
  await using folder = new Folder();
  const parameters = `export const parameters = {
    rate: { about: "a rate", unit: "", default: 1, min: 0, max: 9 } };`;
  const body = `if (parameters.rate === RATE) throw new Error("at " + parameters.rate);`;
  const source = module(body, parameters);
  const path = folder.write("tried.js", source.replace("RATE", "9"));
  assert.match((await ran(path)).stdout, /\n {2}total +FAILED {3}it threw "at 9"/);
  const config = folder.write("site.ini", "[policy:tried]\nrate = 2.5\n");
  folder.write("other.js", source.replace("RATE", "2.5"));
  const other = folder.file("other.js");
  assert.match((await ran(other, "-c", config)).stdout, /\n {2}total +FAILED {3}it threw "at 2.5"/);
  assert.equal((await ran(other)).code, 0);
  const wrong = await ran(path, "-c", folder.write("wrong.ini", "[policy:tried]\nrat = 1\n"));
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /found the unknown parameter "rat", wanted one of rate/);
});

Deno.test("policies check: policies are held against it as they are combined", async () => {
  await using folder = new Folder();
  const path = folder.write(
    "tried.js",
    module(`if (frame.width > 10000) throw new Error("too wide");`),
  );
  const few = ["--snapshots", "20"];
  const caught = await ran(`fallback(${path}, always_local_fastest_model)`, ...few);
  assert.equal(caught.code, 0, caught.stdout);
  assert.match(caught.stdout, /\n {2}total +ok /);
  const bare = await ran(`budgeted(${path}, 50k)`, ...few);
  assert.equal(bare.code, 1);
  assert.match(bare.stdout, /\n {2}total +FAILED {3}it threw "too wide" \(on 1 of \d+ snapshots\)/);
});

Deno.test("policies check: what is no policy is refused before any is checked", async () => {
  const name = await ran("threshold");
  assert.equal(name.code, 2);
  assert.match(name.stderr, /found the unknown policy "threshold", wanted one of always_local_/);
  const file = await ran("always_local_fastest_model", "./there_is_none.ts");
  assert.equal(file.code, 2);
  assert.match(file.stderr, /found no file "\.\/there_is_none\.ts", wanted /);
  const combined = await ran("fallback(bandit, ./there_is_none.ts)");
  assert.equal(combined.code, 2);
  assert.match(combined.stderr, /found no file "\.\/there_is_none\.ts", wanted /);
  assert.equal(file.stdout, "");
  assert.equal((await ran()).code, 2);
});

Deno.test("policies check: the same seed finds the same", async () => {
  await using folder = new Folder();
  const path = folder.write("tried.js", module(`if (rng() < 0.1) here.reason = "";`));
  const shown = async (seed: string) => {
    const { stdout } = await ran(path, "--json", "--seed", seed);
    return JSON.parse(stdout).policies[0].checks[4].shown_by.seed;
  };
  assert.equal(await shown("7"), await shown("7"));
  assert.notEqual(await shown("7"), await shown("8"));
});
