/** `smarteye lab simulate --record`, and `--replay` of it. */

import assert from "node:assert/strict";
import { run } from "../cli/run.ts";
import { writeProfile } from "../lab/profile/profile_files.ts";
import { Folder } from "./fakes/folder.ts";
import { syntheticProfile } from "./fakes/synthetic_profile.ts";
import { FakeWorld } from "./fakes/world.ts";

async function simulate(...args: string[]) {
  const world = new FakeWorld();
  const code = await run(["lab", "simulate", ...args], world);
  return { code, stdout: world.stdout.text, stderr: world.stderr.text };
}

Deno.test("what is simulated is recorded for each video, network, policy and edge, and changes nothing", async () => {
  await using folder = new Folder();
  const profile = folder.file("profile");
  await Deno.mkdir(profile);
  await writeProfile(profile, syntheticProfile());
  const directory = folder.file("decisions");
  const study = [
    ...["--profile", profile, "--network", "constant:2mbit", "--network", "lte", "--edges", "2"],
    ...["--policy", "threshold_offload_policy,always_cloud_lowest_delay,best_static", "--json"],
  ];
  const [without, recorded] = [
    await simulate(...study),
    await simulate(...study, "--record", directory),
  ];
  assert.equal(recorded.code, 0, recorded.stderr);
  assert.equal(recorded.stdout, without.stdout, "to the last byte");
  const policies = ["always_cloud_lowest_delay", "threshold_offload_policy"];
  const cells = ["synthetic_constant-2mbit_1-1", "synthetic_lte_1-2"];
  assert.deepEqual(
    folder.names("decisions"),
    cells.flatMap((cell) =>
      policies.flatMap((policy) =>
        [1, 2].map((edge) => `${cell}_${policy}_${edge}.decisions.jsonl`)
      )
    ).sort(),
  );
  const replayed = await simulate("--replay", directory, "--json");
  assert.equal(replayed.code, 0, replayed.stdout);
  const { recordings } = JSON.parse(replayed.stdout);
  assert.equal(recordings.length, 8);
  assert.ok(recordings.every(({ decisions }: { decisions: number }) => decisions > 30));
  const before = Deno.readTextFileSync(`${directory}/${folder.names("decisions")[0]}`);
  await simulate(...study, "--record", directory);
  const after = Deno.readTextFileSync(`${directory}/${folder.names("decisions")[0]}`);
  assert.equal(after, before, "the same simulation, the same recording");
});
