/** `smarteye lab tune`, as a user calls it. */

import assert from "node:assert/strict";
import { run } from "../cli/run.ts";
import type { Profile } from "../lab/profile/profile.ts";
import { writeProfile } from "../lab/profile/profile_files.ts";
import { Folder } from "./fakes/folder.ts";
import { syntheticProfile } from "./fakes/synthetic_profile.ts";
import { FakeWorld } from "./fakes/world.ts";

/** F1 at each of the synthetic profile's points: the large model is better, and worse when it sees less. */
const F1 = [0.5, 0.9, 0.4, 0.5, 0.8, 0.9];

function judged(profile: Profile): Profile {
  const frames = profile.frames.map((frame) => (
    { ...frame, answers: frame.answers.map((answer, i) => ({ ...answer, f1: F1[i]! })) }
  ));
  return { ...profile, frames };
}

async function profiled(folder: Folder, name: string, said: (profile: Profile) => Profile) {
  const path = folder.file(name);
  await Deno.mkdir(path);
  const profile = said(judged(syntheticProfile()));
  await writeProfile(path, { ...profile, head: { ...profile.head, name } });
}

const asItIs = (profile: Profile) => profile;

async function ran(folder: Folder, ...line: string[]) {
  const world = new FakeWorld({}, folder.path);
  const code = await run(["lab", "tune", ...line], world);
  return { code, stdout: world.stdout.text, stderr: world.stderr.text };
}

Deno.test("lab tune: the front, the config that meets the target, and files", async () => {
  await using folder = new Folder();
  await profiled(folder, "door", asItIs);
  const line = ["--profile", "door", "--network", "constant:8mbit", "--latency", "150"];
  const { code, stdout, stderr } = await ran(folder, ...line, "-o", "tuned");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^door, over constant:8mbit\n/);
  assert.match(stdout, /│ → │ large │ cloud │ +360 │ +80 │ 0\.900 │ 100\.0 % │/);
  assert.match(stdout, /left out: \d+ that something is better than, 1 that does not keep up/);
  assert.deepEqual(folder.names("tuned"), ["tune.html", "tune.ini", "tune.json"]);

  const ini = Deno.readTextFileSync(folder.file("tuned/tune.ini"));
  assert.ok(stdout.trimEnd().endsWith(ini.trimEnd()));
  assert.match(ini, /^model = large\noffload_height = 360\njpeg_quality = 80\ndeadline_ms = 150$/m);
  const page = Deno.readTextFileSync(folder.file("tuned/tune.html"));
  assert.match(page, /<title>Operating points: door<\/title>/);
  assert.doesNotMatch(page, /(src|href)="(?!#)/, "it needs no other file");
  const again = await ran(folder, ...line, "-o", "again");
  assert.equal(again.stdout, stdout);
  assert.equal(Deno.readTextFileSync(folder.file("again/tune.html")), page);
});

const LIMITS: readonly (readonly string[])[] = [
  ["--accuracy", "0.5"],
  ["--accuracy", "0.9"],
  ["--latency", "150"],
  ["--bytes", "150k"],
];
for (const limit of LIMITS) {
  Deno.test(`lab tune ${limit.join(" ")}: "smarteye config check" accepts the config, and says nothing`, async () => {
    await using folder = new Folder();
    await profiled(folder, "door", asItIs);
    const { code, stderr } = await ran(folder, "--profile", "door", ...limit, "-o", "tuned");
    assert.equal(code, 0, stderr);
    const world = new FakeWorld({}, folder.path);
    assert.equal(await run(["config", "check", "tuned/tune.ini", "--json"], world), 0);
    assert.equal(world.stderr.text, "");
    const { settings } = JSON.parse(world.stdout.text);
    const { config } = JSON.parse(Deno.readTextFileSync(folder.file("tuned/tune.json")));
    const model = /^model = (.*)$/m.exec(config)![1];
    assert.equal(settings["edge-setting"].model.value, model);
  });
}

Deno.test("lab tune: what nothing meets is told with what came nearest, and leaves no config", async () => {
  await using folder = new Folder();
  await profiled(folder, "door", asItIs);
  const line = ["--profile", "door", "-o", "tuned"];
  assert.equal((await ran(folder, ...line, "--accuracy", "0.9")).code, 0);
  const { code, stdout, stderr } = await ran(folder, ...line, "--accuracy", "1", "--bytes", "1k");
  assert.equal(code, 1);
  assert.match(stdout, /no point meets the targets; nearest: /);
  assert.match(
    stderr,
    /^error: Cannot meet the targets: no operating point does; .+ came nearest, .*F1 is [\d.]+ % of the best, 100\.0 % is wanted \([\d.]+ % less\)/m,
  );
  assert.deepEqual(folder.names("tuned"), ["tune.html", "tune.json"], "no stale config");
});

Deno.test("lab tune: of several profiles each has its answer, and what holds for all is the worst", async () => {
  await using folder = new Folder();
  await profiled(folder, "calm", asItIs);
  // Twice the bytes: what fits on a contract here does not there.
  await profiled(folder, "wild", (profile) => ({
    ...profile,
    frames: profile.frames.map((frame) => ({
      ...frame,
      answers: frame.answers.map((answer) => ({ ...answer, bytes: 2 * answer.bytes })),
    })),
  }));
  const { code, stdout } = await ran(folder, "--profile", ".", "--bytes", "250k", "--json");
  assert.equal(code, 0);
  const { profiles, all, config } = JSON.parse(stdout);
  type Told = { readonly points: Record<string, unknown>[]; readonly chosen: number };
  const chosen = ({ points, chosen }: Told) => points[chosen]!;
  assert.deepEqual(profiles.map(({ name }: { name: string }) => name), ["calm", "wild"]);
  assert.deepEqual([chosen(profiles[0])["height"], chosen(profiles[1])["height"]], [360, 180]);
  assert.equal(chosen(all)["height"], 180);
  assert.equal(chosen(all)["bytes_per_s"], chosen(profiles[1])["bytes_per_s"]);
  assert.match(config, /on calm, wild; each at its worst/);

  const none = await ran(folder, "--profile", ".", "--bytes", "250k", "--accuracy", "1");
  assert.equal(none.code, 1);
  assert.match(none.stderr, /no operating point does on all profiles; .*; calm has one alone/);
});

Deno.test("lab tune: what is wrong is told before anything is measured", async () => {
  await using folder = new Folder();
  await profiled(folder, "door", asItIs);
  const door = ["--profile", "door"];
  for (
    const [line, found] of [
      [door, /lab tune.*no target.*at least one of --accuracy 0\.9, --latency 150/s],
      [[...door, "--accuracy", "1.1"], /--accuracy.*1\.1.*at most 1/s],
      [[...door, "--bytes", "500 k"], /--bytes.*500 k.*such as 500k or 1\.5M/s],
      [["--profile", "nowhere", "--latency", "9"], /there is none in ".*nowhere", what "smarteye/],
      [[...door, "--latency", "9", "--network", "3g"], /Cannot use the network "3g"/],
      [
        [...door, "--latency", "9", "--edge-models", "huge"],
        /the model "huge": the profile "door" does not have it, one of small, large is wanted/,
      ],
    ] as const
  ) {
    const { code, stderr, stdout } = await ran(folder, ...line, "-o", "tuned");
    assert.deepEqual([code, stdout], [2, ""], stderr);
    assert.match(stderr, found);
  }
  assert.deepEqual(folder.names(), ["door"]);
});
