/** `smarteye lab simulate --replay`: decides again what was recorded, and judges policies by it. */

import { SmarteyeError } from "../../core/errors.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { decideAgain, type Replayed } from "../../lab/replay/decide_again.ts";
import { type Candidate, judge } from "../../lab/replay/judge.ts";
import { type DecisionRecording, openRecordings } from "../../lab/replay/read_recording.ts";
import type { Reward } from "../../lab/replay/reward.ts";
import { LoadedPolicies } from "../../lab/study/load_policies.ts";
import { BEST_STATIC, ORACLE } from "../../lab/study/study.ts";
import { givenParameters } from "../../policies/given_parameters.ts";
import type { GivenParameters } from "../../policies/parameters.ts";
import { judgementText, replayText } from "./tell_replay.ts";

/** Options of `smarteye lab simulate --replay`. */
export interface LabReplayOptions {
  /** A directory with recordings, or one. */
  readonly replay: string;
  /** Names or paths of policies that are judged; absent: what was recorded is decided again. */
  readonly policies: readonly string[] | undefined;
  /** What was given of policies' own parameters, by the policy's name. */
  readonly parameters: Readonly<Record<string, GivenParameters>>;
  /** What is judged by. */
  readonly reward: Reward;
  /** Milliseconds; absent: as was recorded. */
  readonly deadlineMs: number | undefined;
  /** Of all that is left to chance. */
  readonly seed: number;
  /** Print an object, not a table. */
  readonly json: boolean;
}

/**
 * Decides again: the status is 1 when anything comes out otherwise. Or judges.
 *
 * @throws {SmarteyeError} when a recording or a policy is not usable.
 */
export async function run(options: LabReplayOptions, deps: RoleDeps): Promise<ExitStatus> {
  const recordings = await openRecordings(options.replay);
  const policies = new LoadedPolicies();
  try {
    return options.policies === undefined
      ? await replayAll(recordings, policies, options, deps)
      : await judgeAll(recordings, policies, { ...options, policies: options.policies }, deps);
  } finally {
    policies.close();
  }
}

async function replayAll(
  recordings: readonly DecisionRecording[],
  policies: LoadedPolicies,
  { json }: LabReplayOptions,
  { print, progress, drain }: RoleDeps,
): Promise<ExitStatus> {
  const replayed: Replayed[] = [];
  for (const recording of recordings) {
    progress?.(`${replayed.length + 1} of ${recordings.length} recordings: ${recording.path}`);
    const policy = await policies.get(recording.head.control_policy);
    replayed.push(await decideAgain(recording, policy, drain));
  }
  print(json ? JSON.stringify({ form: 1, recordings: replayed }) : replayText(replayed));
  return replayed.some(({ differences }) => differences > 0) ? 1 : 0;
}

async function judgeAll(
  recordings: readonly DecisionRecording[],
  loaded: LoadedPolicies,
  options: LabReplayOptions & { readonly policies: readonly string[] },
  { print, drain }: RoleDeps,
): Promise<ExitStatus> {
  const { policies, parameters, reward, deadlineMs, seed, json } = options;
  const candidates: Candidate[] = [];
  for (const name of policies) {
    if (name === ORACLE || name === BEST_STATIC) {
      throw new SmarteyeError(
        "invalid_argument",
        `Cannot judge "${name}" by a recording: nobody has recorded what else could have been, ` +
          "the name of a policy or the path of a module is wanted (--policy)",
      );
    }
    const policy = await loaded.get(name);
    candidates.push({ name, policy, parameters: givenParameters(policy, parameters) });
  }
  const judgement = await judge(recordings, candidates, { reward, deadlineMs, seed, stop: drain });
  print(json ? JSON.stringify({ form: 1, ...judgement }) : judgementText(judgement));
  return 0;
}
