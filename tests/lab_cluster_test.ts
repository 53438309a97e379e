/** A study on a cluster: the command lines of `deploy/kubernetes/lab` and `deploy/slurm`, without either. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { writeProfile } from "../lab/profile/profile_files.ts";
import { testWhere } from "./fakes/data.ts";
import { Folder } from "./fakes/folder.ts";
import { program } from "./fakes/program.ts";
import { syntheticProfile } from "./fakes/synthetic_profile.ts";
import { type Manifest, manifestsIn, readManifests } from "./rigs/manifests.ts";

const pathOf = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const LAB = pathOf("deploy/kubernetes/lab");
const BATCH = pathOf("deploy/slurm/lab.sbatch");
const SMARTEYE = `${Deno.execPath()} run -A ${pathOf("main.ts")}`;
const SHARDS = 3;

const kustomization = parse(await Deno.readTextFile(`${LAB}/kustomization.yaml`));
const manifests = await readManifests(LAB, [...kustomization.resources, "merge/merge.yaml"]);
const ofKind = (kind: string) => manifests.filter((one) => one.kind === kind);
const [simulate, merge] = ofKind("Job") as [Manifest, Manifest];
const containerOf = ({ spec }: Manifest) => spec.template.spec.containers[0];

/** Runs a command to its end. */
async function ran(command: readonly string[], env: Record<string, string>, cwd: string) {
  const [name, ...args] = command;
  const options = { args, env, cwd, stdin: "null" } as const;
  const { code, stdout, stderr } = await new Deno.Command(name!, options).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A study of four cells in three shards, and what a run of all of it comes to. */
async function study(folder: Folder) {
  for (const [i, name] of ["calm", "wild"].entries()) {
    const { head, frames } = syntheticProfile(30, i + 1);
    await Deno.mkdir(folder.file(`profiles/${name}`), { recursive: true });
    await writeProfile(folder.file(`profiles/${name}`), { head: { ...head, name }, frames });
  }
  const line = ["--network", "lte", "--network", "constant:2mbit", "--seed", "5"];
  const whole = ["lab", "simulate", "--profile", folder.file("profiles"), ...line];
  return { line, whole };
}

Deno.test("slurm: the script is bash, and refuses what would be no study", async () => {
  const { code, stderr } = await ran(["bash", "-n", BATCH], {}, ".");
  assert.equal(code, 0, stderr);
  const clean = { SLURM_ARRAY_TASK_ID: "", SHARDS: "" };
  const alone = await ran(["bash", BATCH], clean, ".");
  assert.deepEqual([alone.code, /no task of a job array/.test(alone.stderr)], [2, true]);
  const gaps = {
    ...{ SLURM_ARRAY_TASK_ID: "3", SLURM_ARRAY_TASK_MIN: "3", SLURM_ARRAY_TASK_MAX: "7" },
    ...{ SLURM_ARRAY_TASK_COUNT: "2", SHARDS: "" },
  };
  const some = await ran(["bash", BATCH], gaps, ".");
  assert.deepEqual([some.code, /the array has gaps/.test(some.stderr)], [2, true]);
  const echoed = await ran(["bash", BATCH, "-o", "it's here"], {
    ...gaps,
    ...{ SHARDS: "16", SMARTEYE: "echo here", SLURM_CPUS_PER_TASK: "4" },
  }, ".");
  const said = "here lab simulate --shard 3/16 --jobs 4 --resume -o it's here\n";
  assert.deepEqual([echoed.code, echoed.stdout], [0, said]);
});

Deno.test("slurm: three tasks, merged, are one run byte for byte; a requeued one simulates nothing", async () => {
  await using folder = new Folder();
  const { line, whole } = await study(folder);
  const one = await ran(
    [...SMARTEYE.split(" "), ...whole, "-o", "one", "--quiet"],
    {},
    folder.path,
  );
  assert.equal(one.code, 0, one.stderr);
  const task = async (id: number) => {
    const args = ["--profile", "profiles", ...line, "-o", "many"];
    const { code, stderr } = await ran(["bash", BATCH, ...args], {
      ...{ SMARTEYE, SHARDS: "", SLURM_CPUS_PER_TASK: "1", SLURM_ARRAY_TASK_ID: `${id}` },
      ...{ SLURM_ARRAY_TASK_MIN: "0", SLURM_ARRAY_TASK_MAX: "2", SLURM_ARRAY_TASK_COUNT: "3" },
    }, folder.path);
    assert.equal(code, 0, stderr);
    return stderr;
  };
  for (let id = 0; id < SHARDS; id++) assert.doesNotMatch(await task(id), /there already/);
  const shards = Array.from({ length: SHARDS }, (_, i) => `shard-${i + 1}-of-${SHARDS}.json`);
  assert.deepEqual(folder.names("many"), shards);

  const file = folder.file(`many/${shards[1]}`);
  const text = Deno.readTextFileSync(file);
  const again = await task(1);
  assert.match(again, /shard-2-of-3\.json is there already, whole: it is not simulated again/);
  Deno.writeTextFileSync(file, text.slice(0, -20));
  assert.match(await task(1), /Cannot read the study .*: it is simulated anew/);
  assert.equal(Deno.readTextFileSync(file), text);
  Deno.writeTextFileSync(file, text.replace('"seed":5', '"seed":6'));
  assert.match(await task(1), /is of another study: it is simulated anew/);
  assert.equal(Deno.readTextFileSync(file), text);

  const files = shards.map((shard) => folder.file(`many/${shard}`));
  const merged = await program(["lab", "merge", ...files, "-o", folder.file("merged")]);
  assert.equal(merged.code, 0, merged.stderr);
  for (const name of ["study.json", "report.html"]) {
    const [a, b] = ["one", "merged"].map((at) =>
      Deno.readTextFileSync(folder.file(`${at}/${name}`))
    );
    assert.equal(a, b, name);
  }
});

Deno.test("kubernetes: a pod is a shard, and as many pods are asked for as there are shards", async () => {
  const { spec } = simulate;
  const { command, env, args } = containerOf(simulate);
  const shards = env.find(({ name }: { name: string }) => name === "SHARDS").value;
  assert.deepEqual([spec.completionMode, `${spec.completions}`], ["Indexed", shards]);
  assert.equal(containerOf(merge).env[0].value, shards);
  assert.equal(args.find((arg: string) => arg.startsWith("--out")), "--out=/results");

  await using folder = new Folder();
  folder.write("smarteye", '#!/bin/sh\nprintf "%s\\n" "$@"\n');
  await Deno.chmod(folder.file("smarteye"), 0o755);
  const PATH = `${folder.path}:${Deno.env.get("PATH")}`;
  for (const [index, shard] of [["0", `1/${shards}`], ["7", `8/${shards}`]] as const) {
    const variables = { PATH, SHARDS: shards, JOB_COMPLETION_INDEX: index };
    const { stdout, stderr } = await ran([...command, ...args], variables, folder.path);
    assert.equal(stderr, "");
    const said = ["lab", "simulate", "--shard", shard, "--resume", ...args];
    assert.deepEqual(stdout.trimEnd().split("\n"), said);
  }
});

Deno.test("kubernetes: the program takes the arguments of the pods, and simulates by them", async () => {
  await using folder = new Folder();
  await study(folder);
  const at: readonly (readonly [string, string])[] = [
    ["/etc/smarteye/study.ini", `${LAB}/study.ini`],
    ["/profiles", folder.file("profiles")],
    ["/results", folder.file("results")],
  ];
  const args = containerOf(simulate).args.map((arg: string) =>
    at.reduce((text, [there, here]) => text.replace(`=${there}`, `=${here}`), arg)
  );
  for (let shard = 1; shard <= 8; shard++) {
    const ours = ["lab", "simulate", "--shard", `${shard}/8`, "--resume", "--json", ...args];
    const { code, stderr } = await program(ours);
    assert.equal(code, 0, stderr);
  }
  const names = folder.names("results");
  assert.equal(names.length, 8, "also those that have no cell");
  const files = names.map((name) => folder.file(`results/${name}`));
  const { code, stderr } = await program(["lab", "merge", ...files, "-o", folder.file("whole")]);
  assert.equal(code, 0, stderr);
});

for (const job of [simulate, merge]) {
  Deno.test(`kubernetes: ${job.metadata.name}: no root, nothing to write but what is mounted, bounded`, () => {
    const pod = job.spec.template.spec;
    const container = containerOf(job);
    assert.equal(pod.containers.length, 1);
    assert.equal(pod.restartPolicy, "Never");
    assert.equal(pod.securityContext.runAsNonRoot, true);
    assert.ok(pod.securityContext.runAsUser > 0);
    assert.equal(pod.securityContext.seccompProfile.type, "RuntimeDefault");
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(pod.enableServiceLinks, false);
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    assert.ok(container.resources.limits.memory && container.resources.limits.cpu);
    const volumes = pod.volumes.map(({ name }: { name: string }) => name).sort();
    const mounts = container.volumeMounts.map(({ name }: { name: string }) => name).sort();
    assert.deepEqual(mounts, volumes);
    const claims = ofKind("PersistentVolumeClaim").map(({ metadata }) => metadata.name);
    for (const { emptyDir, persistentVolumeClaim } of pod.volumes) {
      if (emptyDir) assert.ok(emptyDir.sizeLimit);
      if (persistentVolumeClaim) assert.ok(claims.includes(persistentVolumeClaim.claimName));
    }
    const [policy] = ofKind("NetworkPolicy");
    assert.deepEqual(policy!.spec.podSelector.matchLabels, job.spec.template.metadata.labels);
  });
}

const hasKubectl = await new Deno.Command("kubectl", { args: ["kustomize", "--help"] }).output()
  .then(({ success }) => success, () => false);

testWhere(
  "kubectl is installed",
  hasKubectl,
  "kubectl builds the study and its merging",
  async () => {
    for (const [path, kinds] of [[LAB, 6], [`${LAB}/merge`, 1]] as const) {
      const { code, stdout, stderr } = await ran(["kubectl", "kustomize", path], {}, ".");
      assert.equal(code, 0, stderr);
      const built = manifestsIn(stdout);
      assert.equal(built.length, kinds, "and a ConfigMap");
      const job = built.find(({ kind }) => kind === "Job")!;
      const config = built.find(({ kind }) => kind === "ConfigMap");
      const volume = job.spec.template.spec.volumes.find(({ name }: { name: string }) =>
        name === "config"
      );
      assert.equal(volume?.configMap.name, config?.metadata.name);
      assert.match(containerOf(job).image, /^smarteye:\d/);
    }
  },
);
