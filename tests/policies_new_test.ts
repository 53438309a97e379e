/** `smarteye policies new`: what it writes works as it stands, with nothing else than what it writes. */

import assert from "node:assert/strict";
import { run } from "../cli/run.ts";
import { systemClock } from "../core/clock.ts";
import { Folder } from "./fakes/folder.ts";
import { FakeWorld } from "./fakes/world.ts";

async function ran(line: string, directory: string) {
  const fake = new FakeWorld({}, directory);
  const code = await run(line.split(" "), { ...fake, clock: systemClock });
  return { code, stdout: fake.stdout.text, stderr: fake.stderr.text };
}

/** Deno as a user has it, in a directory of theirs. */
async function deno(directory: string, ...args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: directory,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { code, said: text.decode(stdout) + text.decode(stderr) };
}

/** The shortest name that there may be, and the longest: lines break otherwise. */
const NAMES = ["m", "sends_what_the_last_result_doubt"];

for (const name of NAMES) {
  Deno.test(`policies new ${name}: formatted, linted, typed, tested and checked`, async () => {
    await using folder = new Folder();
    const made = await ran(`policies new ${name}`, folder.path);
    assert.equal(made.code, 0, made.stderr);
    assert.deepEqual(folder.names(), [`${name}.ts`, `${name}_test.ts`, "smarteye.d.ts"].sort());
    for (
      const args of [
        ["fmt", "--check"],
        ["lint"],
        ["check", `${name}.ts`, `${name}_test.ts`],
        ["test", "--no-prompt"],
      ]
    ) {
      const { code, said } = await deno(folder.path, ...args);
      assert.equal(code, 0, `deno ${args.join(" ")}: ${said}`);
    }
    const checked = await ran(`policies check ${folder.file(`${name}.ts`)} --json`, folder.path);
    assert.equal(checked.code, 0, checked.stdout);
    const { policies: [policy] } = JSON.parse(checked.stdout);
    assert.equal(policy.name, name);
    const outcomes = policy.checks.filter(({ check }: { check: string }) => check !== "time")
      .map(({ outcome }: { outcome: string }) => outcome);
    assert.deepEqual([...new Set(outcomes)], ["ok"], checked.stdout);
    const text = Deno.readTextFileSync(folder.file(`${name}.ts`));
    assert.ok(text.includes(`[policy:${name}]`));
    assert.doesNotMatch(text, /\bmine\b/);
  });
}

Deno.test("policies new: says what to do next, with paths as a user types them", async () => {
  await using folder = new Folder();
  const { stdout } = await ran("policies new mine --dir lab/policies", folder.path);
  assert.match(stdout, /^Wrote \.\/lab\/policies\/mine\.ts, \.\/lab\/policies\/mine_test\.ts, /);
  assert.match(stdout, /\n {2}smarteye policies check \.\/lab\/policies\/mine\.ts /);
  const json = await ran("policies new other --json", folder.path);
  assert.deepEqual(JSON.parse(json.stdout), {
    policy: "./other.ts",
    written: ["./other.ts", "./other_test.ts", "./smarteye.d.ts"],
  });
});

Deno.test("policies new: what is there stays, unless --force is said", async () => {
  await using folder = new Folder();
  const test = folder.write("mine_test.ts", "// of somebody\n");
  const refused = await ran("policies new mine", folder.path);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /mine_test\.ts is there already, another name or --force is wanted/);
  assert.deepEqual(folder.names(), ["mine_test.ts"], "all or none");
  assert.equal(Deno.readTextFileSync(test), "// of somebody\n");
  assert.equal((await ran("policies new mine --force", folder.path)).code, 0);
  assert.match(Deno.readTextFileSync(test), /^\/\*\* Tests of the policy/);
});

Deno.test("policies new: the types are brought up to date, what is not ours is left", async () => {
  await using folder = new Folder();
  assert.equal((await ran("policies new one", folder.path)).code, 0);
  const types = folder.file("smarteye.d.ts");
  const text = Deno.readTextFileSync(types);
  Deno.writeTextFileSync(types, text.replace(/\/\*\* The frame that is decided[^]*/, ""));
  assert.equal((await ran("policies new two", folder.path)).code, 0);
  assert.equal(Deno.readTextFileSync(types), text);
  Deno.writeTextFileSync(types, "export type Mine = 1;\n");
  const refused = await ran("policies new three", folder.path);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /smarteye\.d\.ts is there already/);
});

Deno.test("policies new: a name that no function can have, or that is taken, is refused", async () => {
  await using folder = new Folder();
  for (
    const name of ["my-policy", "1st", "../mine", "mine.ts", "default", "Answer", "oracle"].concat(
      "threshold_offload_policy",
      "a_name_of_more_than_thirty_two_ch",
    )
  ) {
    const { code, stderr } = await ran(`policies new ${name}`, folder.path);
    assert.equal(code, 2, name);
    assert.match(stderr, /wanted a name for a function, of at most 32 letters, digits and _/);
  }
  assert.equal((await ran("policies new", folder.path)).code, 2);
  assert.deepEqual(folder.names(), []);
});

Deno.test("policies new: a directory that cannot be written is told", async () => {
  await using folder = new Folder();
  folder.write("file", "");
  const { code, stderr } = await ran("policies new mine --dir file/below", folder.path);
  assert.equal(code, 1);
  assert.match(stderr, /Cannot write ".*below": .* a directory with room that may be written/);
});
