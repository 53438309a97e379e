/** `smarteye lab simulate`: plays profiles over networks under policies. */

import { basename, join } from "node:path";
import { SmarteyeError } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { openNetwork } from "../../lab/network/network.ts";
import { hasProfile, readProfile } from "../../lab/profile/profile_files.ts";
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
import { givenParameters } from "../../policies/given_parameters.ts";
import type { GivenParameters } from "../../policies/parameters.ts";
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

/** The directory itself, or those in it that have a profile. */
async function profilesIn(directory: string): Promise<readonly string[]> {
  if (await hasProfile(directory)) return [directory];
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(directory)) {
      if (isDirectory && await hasProfile(join(directory, name))) found.push(join(directory, name));
    }
  } catch { // there is none: told below
  }
  if (found.length > 0) return found.sort();
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot simulate: there is no profile in "${directory}", what "smarteye lab profile" ` +
      `writes is wanted (--profile)`,
  );
}

type Head = Profile["head"];

/** Names that every profile has a model for. */
function modelsOf(
  given: readonly string[] | undefined,
  heads: readonly Head[],
  byDefault: (head: Head) => readonly string[],
): readonly string[] {
  const wanted = given ?? [...new Set(heads.flatMap(byDefault))];
  for (const { name, models } of heads) {
    const missing = wanted.find((model) => !models.some((known) => known.name === model));
    if (missing === undefined) continue;
    const known = models.map((model) => model.name).join(", ");
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot simulate the model "${missing}": the profile "${name}" does not have it, ` +
        `one of ${known} is wanted`,
    );
  }
  return wanted;
}

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
