/** `smarteye lab simulate`: policies on recorded video and networks, in simulated time. */

import { resolve as absolute } from "node:path";
import type { Command } from "commander";
import type { RoleDeps } from "../../../core/role.ts";
import { NETWORK_FORMS } from "../../../lab/network/network.ts";
import { RECORDED_PROFILES, USUAL_NETWORKS } from "../../../lab/recorded.ts";
import { BEST_STATIC, ORACLE } from "../../../lab/study/study.ts";
import { CONTROL_POLICIES } from "../../../policies/registry.ts";
import { type Cli, roleCommand } from "../../command.ts";
import { nameOf, type OwnFlag } from "../../config/flag.ts";
import {
  choice,
  listOf,
  modelName,
  plain,
  policyList,
  severalOf,
  shard,
  whole,
  yesNo,
} from "../../config/kinds.ts";
import { givenParameters } from "../../config/policy_sections.ts";
import type { Configured } from "../../config/configure.ts";
import type { Surroundings } from "../../config/surroundings.ts";
import { REWARDS } from "../../../lab/replay/reward.ts";
import type { LabReplayOptions } from "../../lab/replay.ts";
import type { LabSimulateOptions } from "../../lab/simulate.ts";
import {
  CLOUD_MODELS,
  EDGE_SPEED,
  EDGE_WORKERS,
  machineSetting,
  SECONDS,
  SEED,
  SERVER_SPEED,
  SERVERS,
  WORKERS,
} from "./setting.ts";

export const PROFILE: OwnFlag<readonly string[]> = {
  term: "--profile <dir>",
  kind: severalOf(plain("a directory with a profile, or with several")),
  about: 'directory that "lab profile" wrote, or one with several of them; also several times ' +
    "(default: five that come with the program)",
  several: true,
};
export const NETWORK: OwnFlag<readonly string[]> = {
  term: "--network <network>",
  kind: severalOf(plain("a network")),
  about: "link between the edges and their cloud, also several times; see below " +
    "(default: two LTE, UMTS, EVDO, steps, cuts)",
  several: true,
};
/** What is compared where nobody says. */
const POLICIES = [ORACLE, BEST_STATIC, ...Object.keys(CONTROL_POLICIES)];
const POLICY: OwnFlag<readonly string[]> = {
  term: "--policy <list>",
  kind: policyList(),
  about: "control policies to compare, with commas between: by name, or path of a module; " +
    "oracle is the best that any could do, best_static the best that never changes its mind " +
    "(default: all of them; of --replay: the recorded one)",
};
const DEADLINE: OwnFlag<number> = {
  term: "--deadline-ms <n>",
  kind: whole("milliseconds", 1, 600_000),
  about: "milliseconds after which a frame's result is of no use " +
    "(default: 150; of --replay: what was recorded)",
};
const DEADLINE_MS = 150;
const OUT: OwnFlag<string> = {
  term: "-o, --out <dir>",
  kind: plain("a directory"),
  about: "where study.json and report.html go (default: only the table is printed)",
};
const EDGES = {
  term: "--edges <n>",
  kind: whole("edges", 1, 1000),
  about: "edges, with a camera each, that share the link and the cloud",
  default: "1",
};
const EDGE_MODELS: OwnFlag<readonly string[]> = {
  term: "--edge-models <list>",
  kind: listOf(modelName()),
  about: "models on the edge (default: the fastest of the profiles)",
};
const SHARD = {
  term: "--shard <i/n>",
  kind: shard(),
  about: 'simulate only the i-th of n parts; "lab merge" puts them together',
  default: "1/1",
};
const RESUME: OwnFlag<boolean> = {
  term: "--resume",
  kind: yesNo(),
  about: "do not simulate again what lies in --out already, where it is whole and of the same " +
    "study: policies' modules, profiles and traces are taken to be as they were",
};
const JOBS: OwnFlag<number> = {
  term: "--jobs <n>",
  kind: whole("jobs", 1, 1024),
  about: "videos and networks that are simulated at once (default: one a core)",
};

const RECORD: OwnFlag<string> = {
  term: "--record <dir>",
  kind: plain("a directory"),
  about: 'record every decision of every policy and edge there, as "smarteye edge --record" does',
};
const REPLAY: OwnFlag<string> = {
  term: "--replay <dir>",
  kind: plain("a directory with recordings, or a recording"),
  about: "decide again what was recorded there, and tell what comes out otherwise; " +
    "with --policy, judge these by what was recorded",
};
const REWARD = {
  term: "--reward <reward>",
  kind: choice(REWARDS),
  about:
    "what --replay judges by: in_time = 1 for a frame that was inferred within the deadline, " +
    "score = mean score of what was found in it in time, latency = milliseconds, at most the deadline",
  default: "in_time",
};

/** The `lab simulate` command. */
export function labSimulateCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "simulate",
    about: "play profiles over networks under control policies, in simulated time, and compare",
    flags: [
      ...[PROFILE, NETWORK, POLICY, DEADLINE, SEED, OUT, EDGES],
      ...[EDGE_MODELS, CLOUD_MODELS, EDGE_SPEED, EDGE_WORKERS],
      ...[SERVER_SPEED, SERVERS, WORKERS, SECONDS, SHARD, RESUME, JOBS],
      ...[RECORD, REPLAY, REWARD],
    ],
    examples: [
      ["smarteye lab simulate -o study", "every policy, on what comes with the program"],
      ["smarteye lab simulate --profile profiles --network lte --network umts", "what there is"],
      [
        "smarteye lab simulate --profile profiles --network lte --policy oracle,./mine.ts -o study",
        "your own, and how far from the best it is",
      ],
      ["smarteye lab simulate --replay decisions", "decided again: does the same come out?"],
      [
        "smarteye lab simulate --replay decisions --policy ./mine.ts",
        "what it would have been worth, by what a policy that goes by chance did",
      ],
    ],
    helpEnd: `A network is one of: ${NETWORK_FORMS}.
What edges do otherwise than by default stands in the config, as for "smarteye edge".
`,
    resolve: (configured, around) =>
      configured.flag(REPLAY) === undefined
        ? simulateOptions(configured, around)
        : replayOptions(configured, around, configured.flag(REPLAY)!),
    load: async () => {
      const [simulation, replay] = await Promise.all([
        import("../../lab/simulate.ts"),
        import("../../lab/replay.ts"),
      ]);
      return {
        run: (options: LabSimulateOptions | LabReplayOptions, deps: RoleDeps) =>
          "replay" in options ? replay.run(options, deps) : simulation.run(options, deps),
      };
    },
  });
}

function simulateOptions(configured: Configured, around: Surroundings): LabSimulateOptions {
  const { flag, settings } = configured;
  const [out, record] = [flag(OUT), flag(RECORD)];
  const [profiles, networks] = [flag(PROFILE), flag(NETWORK)];
  const resume = flag(RESUME) ?? false;
  if (resume && out === undefined) {
    const wanted = "--out DIR beside it, where what was simulated lies";
    configured.problems.add({ where: "--resume", found: "it alone", wanted });
  }
  return {
    profiles: profiles?.map((path) => absolute(around.directory, path)) ?? [RECORDED_PROFILES],
    networks: networks ?? USUAL_NETWORKS,
    policies: flag(POLICY) ?? POLICIES,
    parameters: givenParameters(configured),
    directory: around.directory,
    setting: {
      deadlineMs: flag(DEADLINE) ?? DEADLINE_MS,
      edges: flag(EDGES),
      ...machineSetting(configured),
    },
    edgeModels: flag(EDGE_MODELS),
    cloudModels: flag(CLOUD_MODELS),
    seconds: flag(SECONDS),
    shard: flag(SHARD),
    resume,
    jobs: flag(JOBS) ?? around.cores,
    out: out === undefined ? undefined : absolute(around.directory, out),
    record: record === undefined ? undefined : absolute(around.directory, record),
    json: settings.telemetry.json,
  };
}

function replayOptions(
  configured: Configured,
  around: Surroundings,
  replay: string,
): LabReplayOptions {
  const { flag, settings } = configured;
  const others: readonly OwnFlag[] = [PROFILE, NETWORK, RECORD, OUT, SECONDS];
  for (const other of others) {
    if (flag(other) === undefined) continue;
    configured.problems.add({
      where: nameOf(other),
      found: "it beside --replay",
      wanted: "only one of them: what was recorded is not simulated",
    });
  }
  return {
    replay: absolute(around.directory, replay),
    policies: flag(POLICY),
    parameters: givenParameters(configured),
    reward: flag(REWARD),
    deadlineMs: flag(DEADLINE),
    seed: flag(SEED),
    json: settings.telemetry.json,
  };
}
