/** `smarteye lab tune`: the operating point that meets a target, as a config. */

import { resolve as absolute } from "node:path";
import type { Command } from "commander";
import { NETWORK_FORMS } from "../../../lab/network/network.ts";
import { GIVEN_UP_MS } from "../../../lab/tune/given_up.ts";
import { type Cli, roleCommand } from "../../command.ts";
import type { OwnFlag } from "../../config/flag.ts";
import { byteCount, listOf, modelName, number, plain, positive } from "../../config/kinds.ts";
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
import { NETWORK, PROFILE } from "./simulate.ts";

const PROFILES: OwnFlag<readonly string[]> = {
  ...PROFILE,
  about: 'directory that "lab profile" wrote, or one with several of them; also several times',
  isRequired: true,
};
const NETWORKS: OwnFlag<readonly string[]> = {
  ...NETWORK,
  about: "link between the edge and its cloud, also several times: what holds on the worst of " +
    "them counts (default: one that takes no time)",
};
const ACCURACY: OwnFlag<number> = {
  term: "--accuracy <share>",
  kind: number({ min: 0, max: 1, isAboveMin: true }),
  about: "least F1, as a share of the best point's; of those that reach it, the cheapest in bytes",
};
const LATENCY: OwnFlag<number> = {
  term: "--latency <ms>",
  kind: positive("milliseconds", GIVEN_UP_MS),
  about: "most milliseconds within which 95 % of frames have a result; of those, the most accurate",
};
const BYTES: OwnFlag<number> = {
  term: "--bytes <n>",
  kind: byteCount(),
  about: "most bytes a second that are sent, such as 500k or 1.5M; of those, the most accurate",
};
const EDGE_MODELS: OwnFlag<readonly string[]> = {
  term: "--edge-models <list>",
  kind: listOf(modelName()),
  about: "models that may be on the edge (default: all of the profile)",
};
const OUT: OwnFlag<string> = {
  term: "-o, --out <dir>",
  kind: plain("a directory"),
  about: "where tune.ini, tune.json and tune.html go (default: what is found is only printed)",
};

/** The `lab tune` command. */
export function labTuneCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "tune",
    about: "find the model, place, height and quality that meet a target, as a config",
    flags: [
      ...[PROFILES, NETWORKS, ACCURACY, LATENCY, BYTES, OUT],
      ...[EDGE_MODELS, CLOUD_MODELS, EDGE_SPEED, EDGE_WORKERS],
      ...[SERVER_SPEED, SERVERS, WORKERS, SECONDS, SEED],
    ],
    examples: [
      ["smarteye lab tune --profile profiles --accuracy 0.9", "nine tenths of the best, cheaply"],
      [
        "smarteye lab tune --profile profiles --network lte --latency 150 --bytes 500k -o tuned",
        "in time, on a contract; tuned/tune.ini is the config",
      ],
    ],
    helpEnd: `A network is one of: ${NETWORK_FORMS}.
Of several targets all are to be met. Of several profiles each has its own answer, and the config is
of what holds for all; where nothing does, the exit status is 1.
`,
    resolve: (configured, around) => {
      const { flag, settings, problems } = configured;
      const at = (path: string) => absolute(around.directory, path);
      const [accuracy, latencyMs, bytesPerSec] = [flag(ACCURACY), flag(LATENCY), flag(BYTES)];
      if (accuracy === undefined && latencyMs === undefined && bytesPerSec === undefined) {
        const wanted = "at least one of --accuracy 0.9, --latency 150 and --bytes 500k";
        problems.add({ where: "lab tune", found: "no target", wanted });
      }
      const out = flag(OUT);
      return {
        profiles: (flag(PROFILES) ?? []).map(at),
        networks: flag(NETWORKS) ?? [],
        directory: around.directory,
        targets: { accuracy, latencyMs, bytesPerSec },
        setting: machineSetting(configured),
        edgeModels: flag(EDGE_MODELS),
        cloudModels: flag(CLOUD_MODELS),
        seconds: flag(SECONDS),
        jobs: around.cores,
        out: out === undefined ? undefined : at(out),
        json: settings.telemetry.json,
      };
    },
    load: () => import("../../lab/tune.ts"),
  });
}
