/** `smarteye policies`, as a user calls it, and what the roles' help says of policies. */

import assert from "node:assert/strict";
import { type ListOptions, run as list } from "../cli/policies/list.ts";
import { run } from "../cli/run.ts";
import { FakeClock } from "../core/fake_clock.ts";
import { isSmarteyeError } from "../core/errors.ts";
import { CONTROL_POLICIES, DISPATCH_POLICIES } from "../policies/registry.ts";
import { Folder } from "./fakes/folder.ts";
import { FakeWorld } from "./fakes/world.ts";

async function ran(
  line: string,
  environment: Record<string, string> = {},
  directory?: string,
) {
  const world = new FakeWorld(environment, directory);
  const code = await run(line.split(" "), world);
  return { code, stdout: world.stdout.text, stderr: world.stderr.text };
}

const MINE = `export default function nightly({ local }) {
  return { place: "local", model: local.models[0].name, reason: "as ever" };
}
`;
const FIRST = "export default ({ candidates }) => candidates[0].name;\n";

Deno.test("policies: help tells what it can do", async () => {
  assert.equal((await ran("policies")).code, 2, "as smarteye alone");
  assert.match((await ran("policies --help")).stdout, /Examples:\n {2}smarteye policies list/);
  assert.match(
    (await ran("--help")).stdout,
    /\n {2}policies \[options\] +see which policies decide/,
  );
  const { stdout } = await ran("policies list --help");
  assert.match(stdout, /Usage: smarteye policies list \[options\] \[modules\.\.\.\]/);
});

Deno.test("policies list: what comes with the program, and what is in use", async () => {
  const { code, stdout, stderr } = await ran("policies list");
  assert.deepEqual([code, stderr], [0, ""]);
  for (const [name, { about }] of Object.entries({ ...CONTROL_POLICIES, ...DISPATCH_POLICIES })) {
    assert.ok(stdout.split("\n").some((line) => line.startsWith(`  ${name} `)), name);
    assert.ok(stdout.includes(about), name);
  }
  assert.ok(
    stdout.includes(`
  threshold_offload_policy    on the edge while it keeps up, else in the cloud (in use: default)
    pending_threshold = 2     local tasks pending from which on frames are offloaded; 0 = all are
                              (a whole number of frames from 0 to 10000; default: 2)
  deadline_accuracy `),
    stdout,
  );
  assert.match(stdout, /\n {2}prequal .* \(in use: default\)\n/);
  assert.equal(stdout.split("in use").length - 1, 2);
});

Deno.test("policies list: values and policies of the config, with where they were written", async () => {
  await using folder = new Folder();
  folder.write(
    "site.ini",
    "[edge-setting]\ncontrol_policy = always_local_fastest_model\npending_threshold = 7\n",
  );
  const environment = { SMARTEYE_FORWARDER_DISPATCH_POLICY: "./mine.ts" };
  const { stdout } = await ran("policies list -c site.ini", environment, folder.path);
  assert.match(stdout, /\n {2}always_local_fastest_model .* \(in use: site\.ini:2\)\n/);
  assert.match(stdout, /\n {4}pending_threshold = 7 /);
  assert.match(stdout, /10000; default: 2; set by site\.ini:3\)\n/);
  assert.match(
    stdout,
    /\n {2}\.\/mine\.ts +a policy of your own \(in use: SMARTEYE_FORWARDER_DISPATCH_POLICY\)\n/,
  );
  // Who has mistyped a name looks for the right one here.
  const typo = await ran("policies list", { SMARTEYE_FORWARDER_DISPATCH_POLICY: "randm" });
  assert.equal(typo.code, 0);
  assert.match(typo.stdout, /\n {2}randm +there is none of that name \(in use: SMARTEYE_/);
});

Deno.test("policies list --json: one object", async () => {
  const { code, stdout } = await ran("policies list --json", {
    SMARTEYE_POLICY_THRESHOLD_OFFLOAD_POLICY_PENDING_THRESHOLD: "3",
    SMARTEYE_FORWARDER_DISPATCH_POLICY: "random",
  });
  assert.equal(code, 0);
  const { control, dispatch, unusable } = JSON.parse(stdout);
  assert.deepEqual(unusable, []);
  assert.deepEqual([control.in_use, control.from], ["threshold_offload_policy", "default"]);
  assert.deepEqual([dispatch.in_use, dispatch.from], [
    "random",
    "SMARTEYE_FORWARDER_DISPATCH_POLICY",
  ]);
  const names = (policies: readonly { name: string }[]) => policies.map(({ name }) => name);
  assert.deepEqual(names(control.policies), Object.keys(CONTROL_POLICIES));
  assert.deepEqual(names(dispatch.policies), Object.keys(DISPATCH_POLICIES));
  assert.deepEqual(control.policies[2], {
    name: "threshold_offload_policy",
    about: CONTROL_POLICIES["threshold_offload_policy"]!.about,
    module: null,
    parameters: [{
      name: "pending_threshold",
      about: "local tasks pending from which on frames are offloaded; 0 = all are",
      unit: "frames",
      default: 2,
      min: 0,
      max: 10_000,
      whole: true,
      value: 3,
      from: "SMARTEYE_POLICY_THRESHOLD_OFFLOAD_POLICY_PENDING_THRESHOLD",
    }],
  });
});

Deno.test("policies list: modules too, and the reason for those that cannot be used", async () => {
  await using folder = new Folder();
  const mine = folder.write("mine.ts", MINE);
  const first = folder.write("first.ts", FIRST);
  const broken = folder.write("broken.ts", "export const nothing = 1;\n");
  const shown = await ran(`policies list ${mine}`, {
    SMARTEYE_EDGE_SETTING_CONTROL_POLICY: mine,
  });
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(
    shown.stdout,
    /\n {2}nightly +from \S+mine\.ts \(in use: SMARTEYE_EDGE_SETTING_CONTROL_POLICY\)\n\nDispatch/,
  );

  const { code, stdout, stderr } = await ran(`policies list ${first} ${mine} ${broken} --json`);
  assert.equal(code, 2);
  const { control, unusable } = JSON.parse(stdout);
  assert.deepEqual(control.policies.slice(Object.keys(CONTROL_POLICIES).length), [
    { name: "nightly", module: mine, about: null, parameters: [] },
  ]);
  assert.deepEqual(unusable.map(({ module }: { module: string }) => module), [first, broken]);
  assert.match(unusable[1].reason, /it exports nothing, a function as the default export/);
  const lines = stderr.trimEnd().split("\n");
  assert.equal(lines[0], "error: Cannot use 2 of the modules");
  assert.deepEqual(lines.slice(1, 3).map((line) => line.slice(2)), [
    unusable[0].reason,
    unusable[1].reason,
  ]);
  assert.match(lines[3]!, /--dispatch takes them for dispatch policies/);

  const dispatch = await ran(`policies list --dispatch ${first}`);
  assert.equal(dispatch.code, 0, dispatch.stderr);
  assert.match(dispatch.stdout, /\n {2}prequal .*\n(?: {4}.*\n)+ {2}first +from \S+first\.ts\n/);

  const name = await ran("policies list random");
  assert.equal(name.code, 2);
  assert.match(name.stderr, /found "random", wanted the path of a module, such as \.\/mine\.ts/);
});

/** Policies that come with the program: what is listed beside them follows. */
const OWN_DISPATCH = Object.keys(DISPATCH_POLICIES).length;

/** Lists one module whose policy says that it is `nightly` and has a parameter. */
async function listed(given: ListOptions["policyParameters"], about = "", json = true) {
  const printed: string[] = [];
  const asked: unknown[] = [];
  let closed = 0;
  const clock = new FakeClock();
  const drain = new AbortController().signal;
  const load = (...args: unknown[]) => {
    asked.push(args);
    const rate = { about: "frames worth sending", unit: "frames", default: 2.5, min: 0, max: 100 };
    return Promise.resolve({ name: "nightly", about, parameters: { rate }, close: () => closed++ });
  };
  const inUse = { nameOrPath: "random", from: "default" };
  const failure = await list(
    {
      modules: ["mine.ts"],
      modulesAre: "dispatch",
      inUse: { control: inUse, dispatch: inUse },
      decisionMs: 20,
      policyParameters: given,
      json,
    },
    { clock, drain, print: (line) => printed.push(line) },
    { control: () => Promise.reject(new Error("not asked for")), dispatch: load },
  ).then(() => undefined, (error) => error);
  assert.deepEqual(asked, [["mine.ts", { clock, budgetMs: 20, signal: drain }]]);
  assert.equal(closed, 1);
  const text = printed.join("\n");
  const { dispatch, unusable } = json ? JSON.parse(text) : { dispatch: { policies: [] } };
  return { text, module: dispatch.policies[OWN_DISPATCH], unusable, failure };
}

Deno.test("a module's parameters have the values that the config gives", async () => {
  const { module, failure } = await listed({
    nightly: { rate: { text: "7.5", where: "c.ini:2" } },
  });
  assert.equal(failure, undefined);
  assert.deepEqual([module.name, module.module], ["nightly", "mine.ts"]);
  const [{ name, value, from, default: byDefault, whole }] = module.parameters;
  assert.deepEqual([name, value, from, byDefault, whole], ["rate", 7.5, "c.ini:2", 2.5, false]);
  assert.equal((await listed({})).module.parameters[0].from, "default");
});

Deno.test("a module may say what its policy does", async () => {
  assert.equal((await listed({})).module.about, null);
  assert.equal((await listed({}, "sends at night")).module.about, "sends at night");
  const { text } = await listed({}, "sends at night", false);
  assert.match(text, /\n {2}nightly +sends at night; from mine\.ts\n {4}rate = 2\.5 +frames worth/);
});

Deno.test("wrong values for a module's parameters are told", async () => {
  const { module, unusable, failure } = await listed({
    nightly: { rate: { text: "lots", where: "c.ini:2" }, rat: { text: "1", where: "c.ini:3" } },
  });
  assert.equal(module, undefined);
  assert.ok(isSmarteyeError(failure, "invalid_argument"));
  assert.equal(
    failure.message,
    'Cannot take the parameters of the policy "nightly": ' +
      'c.ini:3: found the unknown parameter "rat", wanted one of rate; ' +
      'c.ini:2: found "lots", wanted a number of frames from 0 to 100',
  );
  assert.deepEqual(unusable, [{ module: "mine.ts", reason: failure.message }]);
});

Deno.test("a module of the right kind with wrong values is not taken for one of the other kind", async () => {
  await using folder = new Folder();
  const config = folder.write("c.ini", "[policy:nightly]\nrate = 1\n");
  const { code, stderr } = await ran(`policies list -c ${config} ${folder.write("mine.js", MINE)}`);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /found the unknown parameter "rate", wanted none, since it declares none\n$/,
  );
});

Deno.test("the help of both roles ends with their policies", async () => {
  const edge = (await ran("edge --help")).stdout;
  assert.match(edge, /\n {2}--seed <n> +seed of all that is left to chance/);
  assert.ok(
    edge.includes(`
Policies (--policy):
  always_local_fastest_model  every frame on the edge, with its fastest model
  always_cloud_lowest_delay   every frame in the cloud, downsized, with its most accurate model
  threshold_offload_policy    on the edge while it keeps up, else in the cloud (default)
    pending_threshold         local tasks pending from which on frames are offloaded; 0 = all are
                              (a whole number of frames from 0 to 10000; default: 2)
  deadline_accuracy `),
    edge,
  );
  assert.ok(
    edge.endsWith(`
  ./mine.ts                   the path of a module: a policy of your own

Combined, also in each other:
  fallback(POLICY, POLICY), budgeted(POLICY, BYTES_PER_S), shadow(LIVE, CANDIDATE).

A policy's parameters are set in the config, in the section [policy:NAME] of its name, or by
SMARTEYE_POLICY_<NAME>_<KEY> in the environment.
"smarteye policies list ./mine.ts" tells the parameters of a module.
`),
    edge,
  );
  const forward = (await ran("forward --help")).stdout;
  const policies = forward.slice(forward.indexOf("Policies (--policy):"));
  for (const [name, { about }] of Object.entries(DISPATCH_POLICIES)) {
    assert.match(policies, new RegExp(`\\n {2}${name} +${about}`));
  }
  assert.match(policies, /\n {2}prequal .* \(default\)\n/);
  assert.match(policies, /"smarteye policies list --dispatch \.\/mine\.ts" tells/);
});

Deno.test("policies list: an expression, with the parameters of those that it names", async () => {
  const expression = "budgeted(metered, 5k)";
  const printed: string[] = [];
  const inUse = { nameOrPath: "random", from: "default" };
  await list({
    ...{ modules: [expression], modulesAre: "control", decisionMs: 20, json: false },
    inUse: { control: { nameOrPath: expression, from: "c.ini:9" }, dispatch: inUse },
    policyParameters: { metered: { megabytes: { text: "7", where: "c.ini:2" } } },
  }, {
    clock: new FakeClock(),
    drain: new AbortController().signal,
    print: (line) => printed.push(line),
  });
  const text = printed.join("\n");
  assert.match(
    text,
    /\n {2}budgeted\(metered, 5000\) +metered, which sends .* \(in use: c\.ini:9\)/,
  );
  assert.match(text, /\n {4}metered\.megabytes = 7 +megabytes of .*\n.*set by c\.ini:2\)\n/);
});
