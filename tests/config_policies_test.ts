/** Sections `[policy:NAME]`: what they give, what is wrong with them, and what else names the same. */

import assert from "node:assert/strict";
import { run } from "../cli/run.ts";
import { environmentName } from "../cli/config/environment.ts";
import { reportConfig } from "../cli/config/report.ts";
import { resolveEdge, resolveForward } from "../cli/config/resolve.ts";
import { AROUND, configured } from "./fakes/configured.ts";
import { Folder } from "./fakes/folder.ts";
import { FakeWorld } from "./fakes/world.ts";

const FILE = "config/config.ini";
const THRESHOLD = "SMARTEYE_POLICY_THRESHOLD_OFFLOAD_POLICY_PENDING_THRESHOLD";
const OLDER = "SMARTEYE_EDGE_SETTING_PENDING_THRESHOLD";

type Environment = Record<string, string>;

/** What both roles make of it: the parameters, what is wrong, what is noted. */
function resolved(text: string, environment: Environment = {}) {
  const all = configured(text, environment);
  const edge = resolveEdge(all, AROUND, { needsSource: false });
  const forward = resolveForward(all, AROUND);
  assert.deepEqual(edge.policyParameters, forward.policyParameters);
  const notes = all.notes.filter(({ level }) => level === "warning").map(({ text }) => text);
  return { parameters: edge.policyParameters, told: all.problems.lines(), notes };
}

/** The text and the place of the one parameter that comes with the program. */
function threshold(text: string, environment: Environment = {}) {
  const { parameters, told, notes } = resolved(text, environment);
  assert.deepEqual(told, []);
  const given = parameters["threshold_offload_policy"]?.["pending_threshold"];
  return { given: given && [given.text, given.where], notes };
}

Deno.test("a registered policy's parameters are checked when the config is read", () => {
  const section = "policy:threshold_offload_policy";
  const { told } = resolved(`[${section}]
pending_threshold = lots
pending_treshold = 3
jpeg_quality = 3
[policy:random]
rate = 1
[${section}]
[monitor]
pending_threshold = 3
`);
  assert.deepEqual(told, [
    `${FILE}:2: [${section}] pending_threshold: found "lots", ` +
    "wanted a whole number of frames from 0 to 10000",
    `${FILE}:3: [${section}]: found the unknown key "pending_treshold", ` +
    'wanted a key of this section (did you mean "pending_threshold"?)',
    `${FILE}:4: [${section}]: found the unknown key "jpeg_quality", wanted it under [edge-setting]`,
    `${FILE}:6: [policy:random]: found the unknown key "rate", wanted no keys in this section`,
    `${FILE}:7: found the section "${section}" a second time (first in line 1), ` +
    "wanted each section once",
    `${FILE}:9: [monitor]: found the unknown key "pending_threshold", wanted it under [edge-setting]`,
  ]);
});

Deno.test("a name that can be none is told, with what is meant", () => {
  const { told } = resolved(`[policy:]
x = 1
[policy]
[polcy:mine]
[policy:./there/mine.ts]
[policy : spaced]
[policy:spaced]
[mine:rules]
`);
  assert.deepEqual(told.map((line) => line.split(": grpc-url")[0]), [
    `${FILE}:1: found the section "[policy:]", wanted the name of a policy behind the colon`,
    `${FILE}:3: found the unknown section "[policy]", wanted a known section ` +
    '(did you mean "policy:NAME"?)',
    `${FILE}:4: found the unknown section "[polcy:mine]", wanted a known section ` +
    '(did you mean "policy:mine"?)',
    `${FILE}:5: found the section "[policy:./there/mine.ts]", wanted the policy's name, ` +
    `which is its function's, else its file's: "[policy:mine]"`,
    `${FILE}:7: found the section "policy:spaced" a second time (first in line 6), ` +
    "wanted each section once",
    `${FILE}:8: found the unknown section "[mine:rules]", wanted a known section`,
  ]);
});

Deno.test("a module's parameters are handed on as they were written", () => {
  const text = `[edge-setting]
control_policy = ./tests/config_policies_test.ts
[policy:my-own.one]
rate = 0.5
burst = many
[policy:__proto__]
a = 1
`;
  const environment = {
    SMARTEYE_POLICY_MY_OWN_ONE_RATE: "0.7",
    SMARTEYE_POLICY_MY_OWN_ONE_LEFT_OVER: "1",
  };
  const { parameters, told, notes } = resolved(text, environment);
  assert.deepEqual([told, notes], [[], []]);
  assert.deepEqual(Object.keys(parameters), ["my-own.one", "__proto__"]);
  assert.deepEqual(parameters["my-own.one"], {
    rate: { text: "0.7", where: "SMARTEYE_POLICY_MY_OWN_ONE_RATE" },
    burst: { text: "many", where: `${FILE}:5` },
    left_over: { text: "1", where: "SMARTEYE_POLICY_MY_OWN_ONE_LEFT_OVER" },
  });
});

Deno.test("a comment behind a value is noticed, whoever's parameter it is", () => {
  const { told } = resolved("[policy:mine]\nrate = 1 ; a second\n");
  assert.deepEqual(told, [
    `${FILE}:2: [policy:mine] rate: found "1 ; a second", ` +
    "wanted text (a comment needs a line of its own)",
  ]);
});

Deno.test("the longest name that fits takes a variable", () => {
  const text = "[edge-setting]\ncontrol_policy=./tests/config_policies_test.ts\n" +
    "[policy:a]\n[policy:a_b]\n";
  const { parameters } = resolved(text, {
    SMARTEYE_POLICY_A_B_C: "1",
    SMARTEYE_POLICY_A_C: "2",
  });
  assert.deepEqual(parameters, {
    a: { c: { text: "2", where: "SMARTEYE_POLICY_A_C" } },
    a_b: { c: { text: "1", where: "SMARTEYE_POLICY_A_B_C" } },
  });
});

Deno.test("a variable of a policy that nobody knows is noted, never dropped without a word", () => {
  const { parameters, notes, told } = resolved("[policy:random]\n", {
    SMARTEYE_POLICY_NIGHTLY_RATE: "1",
    SMARTEYE_POLICY_RANDOM_X: "1",
    SMARTEYE_POLICY_THRESHOLD_OFFLOAD_POLICY_PENDING_TRESHOLD: "1",
  });
  const own = "a policy of your own wants its section [policy:NAME] in the config file";
  assert.deepEqual([parameters, told], [{}, []]);
  assert.deepEqual(notes, [
    `the environment variable SMARTEYE_POLICY_NIGHTLY_RATE is no setting; ${own}`,
    `the environment variable SMARTEYE_POLICY_RANDOM_X is no setting; ${own}`,
    "the environment variable SMARTEYE_POLICY_THRESHOLD_OFFLOAD_POLICY_PENDING_TRESHOLD is no " +
    `setting; did you mean ${THRESHOLD}?`,
  ]);
});

Deno.test("pending_threshold: the older name counts, the newer one wins beside it", () => {
  assert.equal(
    environmentName(["policy:threshold_offload_policy", "pending_threshold"]),
    THRESHOLD,
  );
  const older = "[edge-setting]\npending_threshold = 5\n";
  const newer = "[policy:threshold_offload_policy]\npending_threshold = 3\n";
  const given = (text: string, environment?: Environment) => threshold(text, environment).given;
  assert.equal(given(""), undefined);
  assert.equal(given("[edge-setting]\npending_threshold =\n"), undefined);
  assert.deepEqual(given(older), ["5", `${FILE}:2`]);
  assert.deepEqual(given(newer), ["3", `${FILE}:2`]);
  assert.deepEqual(given(older, { [OLDER]: "7" }), ["7", OLDER]);
  // As ever, the environment wins over the file.
  assert.deepEqual(given(newer, { [OLDER]: "7" }), ["7", OLDER]);
  assert.deepEqual(given(older, { [THRESHOLD]: "8" }), ["8", THRESHOLD]);
  assert.deepEqual(given(newer, { [THRESHOLD]: "8", [OLDER]: "7" }), ["8", THRESHOLD]);

  for (const both of [older + newer, newer + older]) {
    const { given, notes } = threshold(both);
    assert.equal(given![0], "3");
    assert.equal(notes.length, 1);
    assert.match(
      notes[0]!,
      /^config\/config\.ini:\d: \[edge-setting\] pending_threshold has no effect, since \[policy:threshold_offload_policy\] pending_threshold \(config\/config\.ini:\d\) is its newer name$/,
    );
  }
});

Deno.test("what is wrong under the older name is told once, under that name", () => {
  assert.deepEqual(resolved("[edge-setting]\npending_threshold = 10001\n").told, [
    `${FILE}:2: [edge-setting] pending_threshold: found "10001", ` +
    "wanted nothing or a whole number of frames from 0 to 10000",
  ]);
});

const UNKNOWN = (name: string, meant: string) =>
  `found the section of the unknown policy "${name}", wanted the name of a policy ` +
  `(did you mean "${meant}"?)`;
const UNUSED = (name: string, control: string, dispatch: string) =>
  `the section "[policy:${name}]" is of no policy that is in use: ` +
  `control_policy is ${control}, dispatch_policy is ${dispatch}`;
const MODULE = "./tests/config_policies_test.ts";

const NAMES: [
  name: string,
  control: string,
  dispatch: string,
  wrong: string | undefined,
  note: string | undefined,
][] = [
  ["threshold_offload_policy", "always_local_fastest_model", "random", undefined, undefined],
  [
    "threshold_ofload_policy",
    "threshold_offload_policy",
    "random",
    UNKNOWN(
      "threshold_ofload_policy",
      "threshold_offload_policy",
    ),
    undefined,
  ],
  [
    "round_robbin",
    "threshold_offload_policy",
    "random",
    UNKNOWN("round_robbin", "round_robin"),
    undefined,
  ],
  [
    "nightly",
    "threshold_offload_policy",
    "random",
    undefined,
    UNUSED(
      "nightly",
      "threshold_offload_policy",
      "random",
    ),
  ],
  // The policy of a module may have any name.
  ["nightly", MODULE, "random", undefined, undefined],
  ["nightly", "threshold_offload_policy", MODULE, undefined, undefined],
  ["round_robbin", "threshold_offload_policy", MODULE, undefined, undefined],
  // But not in place of one that is in use.
  [
    "threshold_ofload_policy",
    "threshold_offload_policy",
    MODULE,
    UNKNOWN(
      "threshold_ofload_policy",
      "threshold_offload_policy",
    ),
    undefined,
  ],
];

for (const [name, control, dispatch, wrong, note] of NAMES) {
  Deno.test(`[policy:${name}] where ${control} and ${dispatch} are in use`, () => {
    const { told, notes } = resolved(
      `[policy:${name}]\n[edge-setting]\ncontrol_policy=${control}\n` +
        `[forwarder]\ndispatch_policy=${dispatch}\n`,
    );
    assert.deepEqual(told, wrong === undefined ? [] : [`${FILE}:1: ${wrong}`]);
    // Of what is wrong for one role, the other one takes note; that is not shown then.
    if (wrong === undefined) assert.deepEqual(notes, note ? [`${FILE}:1: ${note}`] : []);
  });
}

Deno.test("an expression has the policies in use that it names", () => {
  const control = `fallback(${MODULE}, budgeted(threshold_offload_policy, 5k))`;
  const { told, notes } = resolved(
    `[policy:nightly]\n[policy:threshold_offload_policy]\npending_threshold=3\n` +
      `[edge-setting]\ncontrol_policy=${control}\n[forwarder]\ndispatch_policy=random\n`,
  );
  assert.deepEqual([told, notes], [[], []], "the module may be the one of that name");
  const typo = resolved(
    "[policy:bandid]\n[edge-setting]\ncontrol_policy=shadow(threshold_offload_policy, bandit)\n",
  );
  assert.deepEqual(typo.told, [`${FILE}:1: ${UNKNOWN("bandid", "bandit")}`]);
});

Deno.test("what is wrong with an expression is told with all that is wrong", () => {
  const told = (policy: string) => resolved(`[edge-setting]\ncontrol_policy = ${policy}\n`).told;
  assert.deepEqual(told("fallback(bandit, metered)"), []);
  const at = `${FILE}:2: `;
  assert.deepEqual(told("fallback(bandit)"), [
    `${at}found "fallback(bandit)", with 1 of two between its brackets, ` +
    "wanted fallback(POLICY, POLICY)",
  ]);
  assert.match(
    told("fallback(bandid, ./none.ts)")[0]!,
    /found the unknown policy "bandid", wanted/,
  );
  assert.match(told("fallback(bandid, ./none.ts)")[1]!, /found no file "\.\/none\.ts", wanted/);
});

Deno.test("the name of a module's file may be close to a registered one", async () => {
  await using folder = new Folder();
  folder.write("threshold_offload_policy2.ts", "");
  const all = configured(
    "[policy:threshold_offload_policy2]\n[edge-setting]\n" +
      "control_policy=./threshold_offload_policy2.ts\n",
  );
  resolveEdge(all, { ...AROUND, directory: folder.path }, { needsSource: false });
  assert.deepEqual(all.problems.lines(), []);
});

Deno.test("config check shows them, and where each was written", async () => {
  await using folder = new Folder();
  folder.write(
    "site.ini",
    "[edge-setting]\ncontrol_policy = ./mine.ts\npending_threshold = 5\n[policy:mine]\nrate = 0.5\n",
  );
  folder.write("mine.ts", "");
  const checked = async (...args: string[]) => {
    const world = new FakeWorld({}, folder.path);
    assert.equal(await run(["config", "check", "site.ini", ...args], world), 0, world.stderr.text);
    return world.stdout.text;
  };
  const text = await checked();
  assert.match(
    text,
    /│ policy:threshold_offload_policy │ pending_threshold +│ 5 +│ site\.ini:3 +│/,
  );
  assert.match(text, /│ policy:mine +│ rate +│ 0\.5 \(checked when it is used\) +│ site\.ini:5 +│/);
  const { settings } = JSON.parse(await checked("--json"));
  assert.deepEqual(settings["policy:threshold_offload_policy"], {
    pending_threshold: { value: 5, from: "site.ini:3" },
  });
  assert.deepEqual(settings["policy:mine"], {
    rate: { value: "0.5", from: "site.ini:5", unchecked: true },
  });
  assert.deepEqual(settings["edge-setting"].pending_threshold, { value: 5, from: "site.ini:3" });
});

Deno.test("nothing given: the defaults that the policies declare", () => {
  const { settings } = reportConfig(configured(undefined), AROUND);
  assert.deepEqual(settings["policy:threshold_offload_policy"], {
    pending_threshold: { value: 2, from: "default" },
  });
  assert.deepEqual(settings["edge-setting"]!["pending_threshold"], {
    value: null,
    from: "default",
  });
});
