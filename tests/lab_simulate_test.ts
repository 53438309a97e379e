/** `smarteye lab simulate`, as a user calls it. */

import assert from "node:assert/strict";
import { run } from "../cli/run.ts";
import { writeProfile } from "../lab/profile/profile_files.ts";
import { readStudy } from "../lab/study/study_files.ts";
import { Folder } from "./fakes/folder.ts";
import { syntheticProfile } from "./fakes/synthetic_profile.ts";
import { FakeWorld } from "./fakes/world.ts";

const FRAMES = 30;

/** A policy of a user's own, which goes by chance and keeps a state. */
const MINE = `export default function mine({ frame, local, cloud, state }, rng) {
  const n = (state?.n ?? 0) + 1;
  const there = cloud.available && cloud.models.length > 0 && rng() < 0.5;
  return there
    ? { place: "cloud", model: cloud.models[0].name, height: 180, quality: 80, reason: "n " + n, state: { n } }
    : { place: "local", model: local.models[0].name, reason: "n " + n, state: { n } };
}
`;

async function profiles(folder: Folder) {
  for (const [i, name] of ["calm", "wild"].entries()) {
    const { head, frames } = syntheticProfile(FRAMES, i + 1);
    await Deno.mkdir(folder.file(`profiles/${name}`), { recursive: true });
    await writeProfile(folder.file(`profiles/${name}`), { head: { ...head, name }, frames });
  }
  folder.write("mine.ts", MINE);
}

async function ran(folder: Folder, ...line: readonly string[]) {
  const world = new FakeWorld({}, folder.path);
  const code = await run(["lab", ...line], world);
  return { code, stdout: world.stdout.text, stderr: world.stderr.text };
}

const BOTH = ["simulate", "--profile", "profiles", "--network", "lte", "--network", "umts"];
const policies = (folder: Folder) => [
  "--policy",
  `always_cloud_lowest_delay,${folder.file("mine.ts")},best_static`,
];

Deno.test("lab simulate: the same seed, the same bytes; another one, others", async () => {
  await using folder = new Folder();
  await profiles(folder);
  for (const [out, seed, jobs] of [["a", "3", "1"], ["b", "3", "4"], ["c", "4", "4"]] as const) {
    const line = [...BOTH, ...policies(folder), "--seed", seed, "--jobs", jobs, "-o", out];
    const { code, stderr } = await ran(folder, ...line);
    assert.equal(code, 0, stderr);
    assert.deepEqual(folder.names(out), ["report.html", "study.json"]);
  }
  const [a, b, c] = ["a", "b", "c"].map((out) =>
    Deno.readTextFileSync(folder.file(`${out}/study.json`))
  );
  assert.equal(a, b, "however many Workers there are");
  assert.notEqual(a, c);
});

Deno.test("lab simulate: without profiles, it plays those that come with the program", async () => {
  await using folder = new Folder();
  const policies = "always_local_fastest_model,deadline_accuracy";
  const line = ["--policy", policies, "--seconds", "2", "--network", "constant:8mbit"];
  const { code, stderr } = await ran(folder, "simulate", ...line, "-o", "study");
  assert.equal(code, 0, stderr);
  const { cells } = await readStudy(folder.file("study/study.json"));
  assert.equal(cells.length, 5);
  for (const { results: [local, ours] } of cells) {
    assert.ok(local!.accuracy > 0 && ours!.accuracy > 0);
  }
  const mean = (at: number) => cells.reduce((sum, cell) => sum + cell.results[at]!.accuracy, 0) / 5;
  assert.ok(mean(1) > mean(0), "over a good link the cloud is worth while");
});

Deno.test("lab simulate: shards, merged in any order, are one run byte for byte", async () => {
  await using folder = new Folder();
  await profiles(folder);
  const line = [...BOTH, ...policies(folder)];
  const one = await ran(folder, ...line, "-o", "one");
  assert.equal(one.code, 0, one.stderr);
  const shards = [3, 1, 2].map((shard) => `${shard}/3`);
  for (const shard of shards) {
    assert.equal((await ran(folder, ...line, "--shard", shard, "-o", "parts")).code, 0);
  }
  const files = folder.names("parts").map((name) => `parts/${name}`);
  const few = await ran(folder, "merge", ...files.slice(1), "-o", "merged");
  assert.equal(few.code, 2);
  assert.match(few.stderr, /shard 1 of 3 is missing, not whole or there twice/);
  const merged = await ran(folder, "merge", ...files.toReversed(), "-o", "merged");
  assert.equal(merged.code, 0, merged.stderr);
  assert.equal(merged.stdout, one.stdout);
  for (const name of folder.names("one")) {
    const [a, b] = ["one", "merged"].map((out) =>
      Deno.readTextFileSync(folder.file(`${out}/${name}`))
    );
    assert.equal(a, b, name);
  }
});

Deno.test("lab simulate: outcomes add up in every result, and second by second", async () => {
  await using folder = new Folder();
  await profiles(folder);
  const cut = ["--network", "constant:400kbit?cut=1-2", "--edges", "2", "--deadline-ms", "100"];
  const { code, stderr } = await ran(folder, ...BOTH, ...cut, ...policies(folder), "-o", "study");
  assert.equal(code, 0, stderr);
  const { cells } = await readStudy(folder.file("study/study.json"));
  assert.deepEqual(cells.map(({ at }) => at), [0, 1, 2, 3, 4, 5]);
  for (const { results, video, network } of cells) {
    assert.equal(results.length, 3);
    for (const { policy, score, timeline, accuracy } of results) {
      const { captured, here, cloud, filtered, dropped, failed } = score!.frames;
      const what = `${policy} on ${video} over ${network}`;
      assert.equal(captured, 2 * FRAMES, what);
      assert.equal(here + cloud + filtered + dropped + failed, captured, what);
      assert.ok(score!.misses >= dropped + failed && score!.misses <= captured - filtered, what);
      assert.ok(accuracy >= 0 && accuracy <= 1 && accuracy === score!.accuracy.mean, what);
      assert.ok(score!.accuracy.low <= accuracy && accuracy <= score!.accuracy.high, what);
      const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
      for (
        const [key, wanted] of [["here", here], ["cloud", cloud], [
          "missed",
          score!.misses,
        ]] as const
      ) {
        assert.equal(sum(timeline![key]), wanted, `${what}: ${key}`);
      }
      assert.equal(sum(timeline!.bytesUp), score!.bytesUp, what);
    }
  }
});

Deno.test("lab simulate: on a constant link, more bandwidth never makes always_cloud worse", async () => {
  await using folder = new Folder();
  await profiles(folder);
  const rates = [100, 300, 600, 1000, 1500, 2000, 3000, 5000, 10_000, 100_000];
  const networks = rates.flatMap((kbit) => ["--network", `constant:${kbit}kbit`]);
  // Else the edge helps out, and may be better than a cloud that answers late.
  folder.write("drop.ini", "[edge-setting]\non_cloud_failure = drop\n");
  const line = ["simulate", "-c", "drop.ini", "--profile", "profiles/calm", ...networks, "--json"];
  const policy = ["--policy", "always_cloud_lowest_delay", "--seconds", "10"];
  const { code, stdout, stderr } = await ran(folder, ...line, ...policy);
  assert.equal(code, 0, stderr);
  type Told = { video: string; results: { accuracy: number; score: { misses: number } }[] };
  for (
    const cells of Map.groupBy(JSON.parse(stdout).cells as Told[], ({ video }) => video).values()
  ) {
    const accuracies = cells.map(({ results }) => results[0]!.accuracy);
    const misses = cells.map(({ results }) => results[0]!.score.misses);
    assert.deepEqual(accuracies, accuracies.toSorted((a, b) => a - b), `${accuracies}`);
    assert.deepEqual(misses, misses.toSorted((a, b) => b - a), `${misses}`);
    assert.ok(accuracies.at(-1)! > accuracies[0]! + 0.2, "it does matter");
  }
});

const WRONG: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    "a profile that is not there",
    ["--profile", "nowhere"],
    /there is none in ".*nowhere", what "smar/,
  ],
  [
    "a damaged profile",
    ["--profile", "damaged"],
    /Cannot read the profile ".*damaged": "width" of/,
  ],
  ["a lost table", ["--profile", "torn"], /Cannot read ".*torn.answers\.parquet": No such file/],
  [
    "an unknown network",
    ["--network", "5g"],
    /Cannot use the network "5g": found no trace ".*5g\.up", wanted one of/,
  ],
  [
    "an unknown option of one",
    ["--network", "lte?loss=1"],
    /unknown option "loss", wanted one of delay, ji/,
  ],
  [
    "an unknown policy",
    ["--policy", "always_clout"],
    /Cannot load the control policy "always_clout"/,
  ],
  [
    "a module that is not there",
    ["--policy", "./no.ts"],
    /Cannot load the control policy "\.\/no\.ts"/,
  ],
  ["a module without a policy", ["--policy", "./none.ts"], /Cannot load .*none\.ts"/],
  [
    "an unknown model",
    ["--cloud-models", "huge"],
    /"huge": the profile ".*" does not have it, one of/,
  ],
  ["a shard beyond all", ["--shard", "4/3"], /--shard.*4\/3.*such as 1\/8/s],
  ["resuming nowhere", ["--resume"], /--resume.*--out DIR beside it/s],
];

Deno.test("lab simulate: what is wrong is told, all of it before anything is simulated", async (t) => {
  await using folder = new Folder();
  await profiles(folder);
  folder.write("none.ts", "export const nothing = 1;\n");
  for (const name of ["damaged", "torn"]) {
    Deno.mkdirSync(folder.file(name));
    for (const file of folder.names("profiles/calm")) {
      Deno.copyFileSync(folder.file(`profiles/calm/${file}`), folder.file(`${name}/${file}`));
    }
  }
  const head = JSON.parse(Deno.readTextFileSync(folder.file("damaged/profile.json")));
  folder.write("damaged/profile.json", JSON.stringify({ ...head, width: 0 }));
  Deno.removeSync(folder.file("torn/answers.parquet"));
  for (const [name, wrong, message] of WRONG) {
    await t.step(name, async () => {
      // All else is right, and would be simulated first.
      const right = [...BOTH.slice(1), "--policy", "best_static"];
      const isPolicy = wrong[0] === "--policy";
      const line = isPolicy ? [...BOTH.slice(1), "--policy", `best_static,${wrong[1]}`] : [
        ...right,
        ...wrong,
      ];
      const out = wrong[0] === "--resume" ? [] : ["-o", "study", "--record", "decisions"];
      const { code, stdout, stderr } = await ran(folder, "simulate", ...line, ...out);
      assert.deepEqual([code, stdout], [2, ""], stderr);
      assert.match(stderr, message);
      for (const made of ["study", "decisions"]) assert.ok(!folder.names().includes(made), made);
    });
  }
});

Deno.test("lab simulate: a link on which no frame comes to anything is a result, and no error", async () => {
  await using folder = new Folder();
  await profiles(folder);
  folder.write("drop.ini", "[edge-setting]\non_cloud_failure = drop\n");
  const line = ["simulate", "-c", "drop.ini", "--profile", "profiles/calm", "--json"];
  const link = ["--network", "constant:10kbit", "--policy", "always_cloud_lowest_delay"];
  const { code, stdout, stderr } = await ran(folder, ...line, ...link);
  assert.equal(code, 0, stderr);
  const [{ results: [{ score, accuracy }] }] = JSON.parse(stdout).cells;
  assert.deepEqual([score.frames.cloud, score.misses, accuracy], [0, FRAMES, 0]);
  assert.equal(score.latencyMs, null);
});
