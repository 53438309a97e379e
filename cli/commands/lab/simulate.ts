/** `smarteye lab simulate`: policies on recorded video and networks, in simulated time. */

import { availableParallelism } from "node:os";
import { resolve as absolute } from "node:path";
import type { Command } from "commander";
import { NETWORK_FORMS } from "../../../lab/network/network.ts";
import { type Cli, roleCommand } from "../../command.ts";
import type { OwnFlag } from "../../config/flag.ts";
import {
  listOf,
  modelName,
  plain,
  policyList,
  positive,
  severalOf,
  shard,
  whole,
} from "../../config/kinds.ts";
import { givenParameters } from "../../config/policy_sections.ts";

const PROFILE: OwnFlag<readonly string[]> = {
  term: "--profile <dir>",
  kind: severalOf(plain("a directory with a profile, or with several")),
  about: 'directory that "lab profile" wrote, or one with several of them; also several times',
  several: true,
  isRequired: true,
};
const NETWORK: OwnFlag<readonly string[]> = {
  term: "--network <network>",
  kind: severalOf(plain("a network")),
  about: "link between the edges and their cloud, also several times; see below",
  several: true,
  isRequired: true,
};
const POLICY = {
  term: "--policy <list>",
  kind: policyList(),
  about: "control policies to compare, with commas between: by name, or path of a module; " +
    "oracle is the best that any could do, best_static the best that never changes its mind",
  default: "always_local_fastest_model,always_cloud_lowest_delay,threshold_offload_policy",
};
const DEADLINE = {
  term: "--deadline-ms <n>",
  kind: whole("milliseconds", 1, 600_000),
  about: "milliseconds after which a frame's result is of no use",
  default: "150",
};
const SEED = {
  term: "--seed <n>",
  kind: whole("", 0, 4_294_967_295),
  about: "of all that is left to chance: the same seed, the same report, byte for byte",
  default: "1",
};
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
  about: "models on the edge (default: the fastest of the profile)",
};
const CLOUD_MODELS: OwnFlag<readonly string[]> = {
  term: "--cloud-models <list>",
  kind: listOf(modelName()),
  about: "models in the cloud (default: all of the profile)",
};
const EDGE_SPEED = {
  term: "--edge-speed <x>",
  kind: positive("", 1000),
  about: "how many times as fast an edge is as the machine of the profile",
  default: "0.25",
};
const SERVER_SPEED = {
  term: "--server-speed <x>",
  kind: positive("", 1000),
  about: "how many times as fast a server is as the machine of the profile",
  default: "2",
};
const EDGE_WORKERS = {
  term: "--edge-workers <n>",
  kind: whole("workers", 1, 1000),
  about: "frames that an edge infers at once",
  default: "1",
};
const SERVERS = {
  term: "--servers <n>",
  kind: whole("servers", 1, 1000),
  about: "inference servers in the cloud",
  default: "1",
};
const WORKERS = {
  term: "--server-workers <n>",
  kind: whole("workers", 1, 1000),
  about: "frames that a server infers at once",
  default: "2",
};
const SECONDS: OwnFlag<number> = {
  term: "--seconds <n>",
  kind: positive("seconds", 1e6),
  about: "play each video for so long, again and again (default: once)",
};
const SHARD = {
  term: "--shard <i/n>",
  kind: shard(),
  about: 'simulate only the i-th of n parts; "lab merge" puts them together',
  default: "1/1",
};
const JOBS: OwnFlag<number> = {
  term: "--jobs <n>",
  kind: whole("jobs", 1, 1024),
  about: "videos and networks that are simulated at once (default: one a core)",
};

/** The `lab simulate` command. */
export function labSimulateCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "simulate",
    about: "play profiles over networks under control policies, in simulated time, and compare",
    flags: [
      ...[PROFILE, NETWORK, POLICY, DEADLINE, SEED, OUT, EDGES],
      ...[EDGE_MODELS, CLOUD_MODELS, EDGE_SPEED, EDGE_WORKERS],
      ...[SERVER_SPEED, SERVERS, WORKERS, SECONDS, SHARD, JOBS],
    ],
    examples: [
      ["smarteye lab simulate --profile profiles --network lte --network umts", "what there is"],
      [
        "smarteye lab simulate --profile profiles --network lte --policy oracle,./mine.ts -o study",
        "your own, and how far from the best it is",
      ],
    ],
    helpEnd: `A network is one of: ${NETWORK_FORMS}.
What edges do otherwise than by default stands in the config, as for "smarteye edge".
`,
    resolve: (configured, around) => {
      const { flag, settings } = configured;
      const edge = settings["edge-setting"];
      const out = flag(OUT);
      return {
        profiles: (flag(PROFILE) ?? []).map((path) => absolute(around.directory, path)),
        networks: flag(NETWORK) ?? [],
        policies: flag(POLICY),
        parameters: givenParameters(configured),
        directory: around.directory,
        setting: {
          deadlineMs: flag(DEADLINE),
          seed: flag(SEED),
          edges: flag(EDGES),
          edge: { workers: flag(EDGE_WORKERS), speed: flag(EDGE_SPEED) },
          cloud: { servers: flag(SERVERS), workers: flag(WORKERS), speed: flag(SERVER_SPEED) },
          options: {
            offloadsMax: edge.worker_number,
            queueLengthMax: edge.queue_maxsize,
            overflow: edge.overflow,
            onCloudFailure: edge.on_cloud_failure,
            offloadHeight: edge.offload_height,
            jpegQuality: edge.jpeg_quality,
            monitorIntervalMs: Math.max(1, Math.round(settings.monitor.monitor_interval * 1000)),
          },
        },
        edgeModels: flag(EDGE_MODELS),
        cloudModels: flag(CLOUD_MODELS),
        seconds: flag(SECONDS),
        shard: flag(SHARD),
        jobs: flag(JOBS) ?? availableParallelism(),
        out: out === undefined ? undefined : absolute(around.directory, out),
        json: settings.telemetry.json,
      };
    },
    load: () => import("../../lab/simulate.ts"),
  });
}
