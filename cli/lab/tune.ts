/** `smarteye lab tune`: measures every operating point of profiles, and tells which one meets the targets. */

import { join } from "node:path";
import { SmarteyeError } from "../../core/errors.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { writeWhole } from "../../edge/sink/write.ts";
import { type Network, openNetwork } from "../../lab/network/network.ts";
import type { ProfileHead } from "../../lab/profile/profile.ts";
import { readProfile } from "../../lab/profile/profile_files.ts";
import { fragmentOf } from "../../lab/tune/fragment.ts";
import { measureAll } from "../../lab/tune/measure.ts";
import type { MeasureQuestion } from "../../lab/tune/measure_worker.ts";
import type { TuneSetting } from "../../lab/tune/measured_point.ts";
import { tuneHtml } from "../../lab/tune/tune_report.ts";
import type { Targets } from "../../lab/tune/targets.ts";
import { type MeasuredProfile, tune, type Tuned } from "../../lab/tune/tuning.ts";
import { modelsOf, profilesIn } from "./profiles_in.ts";
import { missedBy, tuneJson, tuneText } from "./tell_tune.ts";
import { TimeLeft } from "./time_left.ts";

/** Options of `smarteye lab tune`. */
export interface LabTuneOptions {
  /** Directories with a profile, or with several. */
  readonly profiles: readonly string[];
  /** As users name them; none: no time is spent on a link. */
  readonly networks: readonly string[];
  /** That paths in `networks` are relative to. */
  readonly directory: string;
  /** At least one. */
  readonly targets: Targets;
  /** What points are measured in, but for the models. */
  readonly setting: Omit<TuneSetting, "edge" | "cloud"> & {
    readonly edge: Omit<TuneSetting["edge"], "models">;
    readonly cloud: Omit<TuneSetting["cloud"], "models">;
  };
  /** Names; absent: all. */
  readonly edgeModels: readonly string[] | undefined;
  /** Names; absent: all. */
  readonly cloudModels: readonly string[] | undefined;
  /** Seconds that each video is played; absent: once. */
  readonly seconds: number | undefined;
  /** Profiles that are measured at once. */
  readonly jobs: number;
  /** Where files go, if anywhere. */
  readonly out: string | undefined;
  /** Print what was found as JSON. */
  readonly json: boolean;
}

/** A link on which nothing takes time worth telling. */
const NO_NETWORK = "constant:100gbit?delay=0";

/**
 * Tunes.
 *
 * @throws {SmarteyeError} `invalid_argument` when a profile or a network is not usable,
 * `failed_precondition` when no point meets the targets.
 */
export async function run(options: LabTuneOptions, deps: RoleDeps): Promise<ExitStatus> {
  const { targets, out, json } = options;
  const paths = (await Promise.all(options.profiles.map(profilesIn))).flat();
  const networks = options.networks.length > 0 ? options.networks : [NO_NETWORK];
  const opened: Network[] = [];
  for (const network of networks) opened.push(await openNetwork(network, options.directory));
  const measured = await measuredProfiles(paths, networks, options, deps);
  const tuned: Tuned = {
    profiles: measured,
    networks: options.networks.length > 0 ? opened.map(({ name }) => name) : [],
    setting: { ...options.setting, seconds: options.seconds },
    tuning: tune(measured, targets),
  };
  if (out !== undefined) await write(out, tuned);
  deps.print(json ? JSON.stringify(tuneJson(tuned)) : tuneText(tuned));
  const { all } = tuned.tuning;
  if (all.chosen) return 0;
  throw new SmarteyeError("failed_precondition", missedBy(tuned));
}

async function measuredProfiles(
  paths: readonly string[],
  networks: readonly string[],
  options: LabTuneOptions,
  deps: RoleDeps,
): Promise<readonly MeasuredProfile[]> {
  const { setting, seconds, directory } = options;
  const heads: ProfileHead[] = [];
  const questions: MeasureQuestion[] = [];
  for (const profile of paths) {
    const { head, frames: { length } } = await readProfile(profile);
    heads.push(head);
    const own = head.models.map(({ name }) => name);
    questions.push({
      ...{ profile, networks, directory },
      setting: {
        ...setting,
        edge: { ...setting.edge, models: options.edgeModels ?? own },
        cloud: { ...setting.cloud, models: options.cloudModels ?? own },
      },
      frames: seconds === undefined ? length : Math.max(1, Math.round(seconds * head.fps)),
    });
  }
  // Those that somebody named are to be in every profile.
  for (const names of [options.edgeModels, options.cloudModels]) modelsOf(names, heads, () => []);
  const left = new TimeLeft(deps.clock);
  const percent = (profiles: number) => Math.round(100 * profiles / paths.length);
  const measured = await measureAll(questions, {
    workers: options.jobs,
    stop: deps.drain,
    progress: (done) => deps.progress?.(left.line(percent(done), 100, "% of operating points")),
  });
  return heads.map((head, i) => ({ head, points: measured[i]! }));
}

async function write(out: string, tuned: Tuned): Promise<void> {
  const encoder = new TextEncoder();
  await Deno.mkdir(out, { recursive: true });
  const fragment = fragmentOf(tuned);
  const ini = join(out, "tune.ini");
  if (fragment !== undefined) await writeWhole(ini, encoder.encode(fragment));
  // What an earlier call found must not be taken for what meets these targets.
  else await Deno.remove(ini).catch(() => {});
  const text = `${JSON.stringify(tuneJson(tuned), null, 2)}\n`;
  await writeWhole(join(out, "tune.json"), encoder.encode(text));
  await writeWhole(join(out, "tune.html"), encoder.encode(tuneHtml(tuned)));
}
