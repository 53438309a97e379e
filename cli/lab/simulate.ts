/** `smarteye lab simulate`: plays profiles over networks under policies. */

import { basename, join } from "node:path";
import { messageOf } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { openNetwork } from "../../lab/network/network.ts";
import { readProfile } from "../../lab/profile/profile_files.ts";
import type { Profile } from "../../lab/profile/profile.ts";
import { LoadedPolicies } from "../../lab/study/load_policies.ts";
import { runStudy, type Shard } from "../../lab/study/run_study.ts";
import {
  BEST_STATIC,
  ORACLE,
  type PlannedPolicy,
  type Study,
  type StudyPlan,
} from "../../lab/study/study.ts";
import { isShardOf, readStudy, shardFile } from "../../lab/study/study_files.ts";
import { givenParameters } from "../../policies/given_parameters.ts";
import type { GivenParameters } from "../../policies/parameters.ts";
import { modelsOf, profilesIn } from "./profiles_in.ts";
import { tellStudy } from "./tell_study.ts";
import { TimeLeft } from "./time_left.ts";

const log = logger("lab");

/** Options of `smarteye lab simulate`. */
export interface LabSimulateOptions extends Pick<StudyPlan, "networks" | "directory" | "seconds"> {
  /** Directories with a profile, or with several. */
  readonly profiles: readonly string[];
  /** Names or paths. */
  readonly policies: readonly string[];
  /** What was given of policies' own parameters, by the policy's name. */
  readonly parameters: Readonly<Record<string, GivenParameters>>;
  /** What they are compared in, but for the models. */
  readonly setting: Omit<StudyPlan["setting"], "edge" | "cloud"> & {
    readonly edge: Omit<StudyPlan["setting"]["edge"], "models">;
    readonly cloud: Omit<StudyPlan["setting"]["cloud"], "models">;
  };
  /** Names; absent: the fastest. */
  readonly edgeModels: readonly string[] | undefined;
  /** Names; absent: all. */
  readonly cloudModels: readonly string[] | undefined;
  /** Which part of the study is simulated. */
  readonly shard: Shard;
  /** Whether what is there already, whole and of the same plan, is not simulated again. */
  readonly resume: boolean;
  /** Cells at once. */
  readonly jobs: number;
  /** Where files go, if anywhere. */
  readonly out: string | undefined;
  /** Directory that all decisions are recorded in, if any. */
  readonly record: string | undefined;
  /** Print the study, not a table. */
  readonly json: boolean;
}

/** Simulates. @throws {SmarteyeError} when a profile, a network or a policy is not usable. */
export async function run(options: LabSimulateOptions, deps: RoleDeps): Promise<ExitStatus> {
  const plan = await planOf(options);
  const kept = options.resume ? await keptShard(plan, options) : undefined;
  if (kept) {
    await tellStudy(kept, { ...options, print: deps.print });
    return 0;
  }
  const left = new TimeLeft(deps.clock);
  const study = await runStudy(plan, options.shard, {
    workers: options.jobs,
    record: options.record,
    stop: deps.drain,
    progress: (done, total) => deps.progress?.(left.line(done, total, "videos × networks")),
  });
  tellOffGrid(study);
  await tellStudy(study, { ...options, print: deps.print });
  return 0;
}

/** What was simulated before, where it is whole and of the same plan. */
async function keptShard(
  plan: StudyPlan,
  { out, shard }: LabSimulateOptions,
): Promise<Study | undefined> {
  const path = join(out!, shardFile(shard));
  const isThere = await Deno.stat(path).then(() => true, () => false);
  if (!isThere) return undefined;
  try {
    const study = await readStudy(path);
    if (isShardOf(study, plan, shard)) {
      log.info("{path} is there already, whole: it is not simulated again", { path });
      return study;
    }
    log.warn("{path} is of another study: it is simulated anew", { path });
  } catch (error) {
    log.warn("{why}: it is simulated anew", { why: messageOf(error) });
  }
  return undefined;
}

/** Everything is looked at before anything is simulated: what is wrong is told at once. */
async function planOf(options: LabSimulateOptions): Promise<StudyPlan> {
  const { networks, directory, setting, seconds } = options;
  const profiles = (await Promise.all(options.profiles.map(profilesIn))).flat();
  const heads = await Promise.all(profiles.map(async (path) => (await readProfile(path)).head));
  for (const network of networks) openNetwork(network, directory);
  const edge = { ...setting.edge, models: modelsOf(options.edgeModels, heads, fastest) };
  const cloud = { ...setting.cloud, models: modelsOf(options.cloudModels, heads, all) };
  return {
    ...{ profiles, networks, directory, seconds },
    policies: await plannedPolicies(options),
    setting: { ...setting, edge, cloud },
  };
}

async function plannedPolicies(
  { policies, parameters }: LabSimulateOptions,
): Promise<readonly PlannedPolicy[]> {
  const loaded = new LoadedPolicies();
  try {
    const planned: PlannedPolicy[] = [];
    for (const name of policies) {
      const isBuiltIn = name === ORACLE || name === BEST_STATIC;
      const policy = isBuiltIn ? undefined : await loaded.get(name);
      planned.push({ name, parameters: policy ? givenParameters(policy, parameters) : {} });
    }
    return planned;
  } finally {
    loaded.close();
  }
}

type Head = Profile["head"];

function fastest({ models }: Head): readonly string[] {
  return [models.toSorted((a, b) => a.serviceMs - b.serviceMs)[0]!.name];
}

function all({ models }: Head): readonly string[] {
  return models.map(({ name }) => name);
}

function tellOffGrid({ cells }: Study): void {
  for (const { video, network, results } of cells) {
    for (const { policy, offGrid, score } of results) {
      if (!offGrid || !score) continue;
      log.info(
        "{policy} sent {n} of {all} frames of {video} over {network} in sizes or qualities that " +
          "were not profiled: findings are those of the nearest, bytes are interpolated",
        { policy, n: offGrid, all: score.frames.captured, video: basename(video), network },
      );
    }
  }
}
