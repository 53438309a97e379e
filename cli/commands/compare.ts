/** `smarteye compare`: policies and models on a user's own video, in real time. */

import { dirname, join } from "node:path";
import type { Command } from "commander";
import { timeName } from "../../core/time_name.ts";
import { nameForSource } from "../../edge/capture/source_name.ts";
import { NETWORK_FORMS } from "../../lab/network/network.ts";
import { type Cli, roleCommand } from "../command.ts";
import type { CompareOptions } from "../compare/options.ts";
import { CONTESTANTS_MAX } from "../compare/contestants.ts";
import { type Configured, logLevelOf } from "../config/configure.ts";
import type { OwnFlag } from "../config/flag.ts";
import { httpUrl, listOf, modelName, plain, policyList, positive, whole } from "../config/kinds.ts";
import { givenParameters } from "../config/policy_sections.ts";
import { resolveModels } from "../config/resolve.ts";
import type { Surroundings } from "../config/surroundings.ts";

const FILE: OwnFlag<string> = {
  term: "-f, --file <video>",
  kind: plain("a video, or another source that ends"),
  about: "what to compare on: a video, or anything else that edge reads and that ends",
  isRequired: true,
};
const POLICY: OwnFlag<readonly string[]> = {
  term: "--policy <list>",
  kind: policyList(),
  about: "control policies, with commas between: by name, or path of a module " +
    "(default: the configured one)",
};
const MODEL: OwnFlag<readonly string[]> = {
  term: "--model <list>",
  kind: listOf(modelName()),
  about: "models, each one used wherever a frame is inferred (default: policies choose); " +
    "each policy is compared with each model",
};
const OUT: OwnFlag<string> = {
  term: "-o, --out <dir>",
  kind: plain("a directory"),
  about: "where everything goes; new or empty " +
    "(default: a new one named by the start time, in compare/ beside other results)",
};
const SECONDS = {
  term: "--seconds <n>",
  kind: positive("seconds", 86_400),
  about: "play at most so much of the video, from its start",
  default: "60",
};
const DEADLINE = {
  term: "--deadline-ms <n>",
  kind: whole("milliseconds", 1, 600_000),
  about: "milliseconds after which a frame's result is of no use, and the cloud is waited for",
  default: "150",
};
const SEED = {
  term: "--seed <n>",
  kind: whole("", 0, 4_294_967_295),
  about: "of what is left to chance: the emulated network, and the intervals",
  default: "1",
};
const TRUTH: OwnFlag<string> = {
  term: "--truth <model|file>",
  kind: plain("a model's name, or a .jsonl file with labels"),
  about: "what is taken for true: a model on whole frames, or labels as results.jsonl and " +
    "sample's .truth.jsonl have them (default: the most accurate model that is here)",
};
const LABELS: OwnFlag<readonly string[]> = {
  term: "--labels <list>",
  kind: listOf(plain("a label")),
  about: "labels that count (default: those that the truth and every model that was used know)",
};

const FORWARDER: OwnFlag<string> = {
  term: "--forwarder <url>",
  kind: httpUrl(),
  about: "a forwarder that is there already (default: one is started here, with one server)",
};

/** The `compare` command. */
export function compareCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "compare",
    about: "play a video under several policies or models, and show side by side what came of it",
    meantFlag: "-f",
    flags: [
      ...[FILE, POLICY, MODEL],
      {
        term: "--network <network>",
        sets: ["edge-setting", "emulate_network"],
        about: "link to the cloud, emulated; see below (default: the link as it is)",
      },
      FORWARDER,
      {
        term: "-i, --interval <ms>",
        sets: ["edge-setting", "interval"],
        about: "least milliseconds between two frames that are inferred; 0 = all of them",
      },
      ...[SECONDS, DEADLINE, TRUTH, LABELS, SEED, OUT],
    ],
    examples: [
      ["smarteye compare -f door.mp4 --model fastestdet,yolox_nano", "two models on your footage"],
      [
        "smarteye compare -f door.mp4 --policy deadline_accuracy,./mine.ts --network lte",
        "your own policy against ours, over a radio link",
      ],
      [
        "smarteye compare -f door.mp4 --forwarder http://192.0.2.1:5000/image_handler",
        "the configured policy, with the cloud that you have",
      ],
    ],
    helpEnd:
      `At most ${CONTESTANTS_MAX} are compared, one after the other, each by a real edge in real time. DIR then has
compare.html with everything to look at, plots (.svg), frames.csv, summary.csv, compare.json, and
in a directory of its own what each edge wrote. A contestant that fails ends no other, and makes the
exit status 1.

A network is one of: ${NETWORK_FORMS}.
`,
    resolve: resolveCompare,
    load: () => import("../compare/role.ts"),
  });
}

function resolveCompare(configured: Configured, around: Surroundings): CompareOptions {
  const { flag, settings } = configured;
  const edge = settings["edge-setting"];
  const video = flag(FILE) ?? "";
  const start = `${timeName(new Date(around.startedAtMs))}_${nameForSource(video)}`;
  const models = resolveModels(configured, around);
  return {
    video,
    policies: flag(POLICY) ?? [edge.control_policy],
    models: flag(MODEL) ?? (edge.model === undefined ? [] : [edge.model]),
    network: edge.emulate_network,
    forwarder: flag(FORWARDER),
    seconds: flag(SECONDS),
    intervalMs: edge.interval,
    deadlineMs: flag(DEADLINE),
    truth: flag(TRUTH),
    labels: flag(LABELS),
    seed: flag(SEED),
    out: flag(OUT) ?? join(dirname(settings.results.directory), "compare", start),
    directory: around.directory,
    parameters: givenParameters(configured),
    modelDirectory: models.directory,
    scoreThreshold: models.scoreThreshold,
    pixelsMax: settings.security.pixels_max,
    records: edge.record !== undefined,
    config: configured.file,
    logLevel: logLevelOf(configured),
    cores: around.cores,
    json: settings.telemetry.json,
  };
}
