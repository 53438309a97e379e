/** `smarteye edge`: frames from a source, inferred here or in the cloud. */

import type { Command } from "commander";
import type { EdgeOptions } from "../../edge/options.ts";
import { NETWORK_FORMS } from "../../lab/network/network.ts";
import { EXPRESSION_FORMS } from "../../policies/expression.ts";
import { CONTROL_POLICIES } from "../../policies/registry.ts";
import { type Cli, type Role, roleCommand } from "../command.ts";
import { type Flag, OUT_FLAG } from "../config/flag.ts";
import { resolveNetwork } from "../config/network.ts";
import { resolveEdge } from "../config/resolve.ts";
import { CONFIG } from "../config/schema.ts";
import { SINK_KIND_NAMES, SINK_KINDS } from "../../edge/sink/added/kinds.ts";
import { SINK_FLAG } from "../config/sinks.ts";
import { RULE_KEYS } from "../config/rule_keys.ts";
import { SOURCE_KEYS } from "../config/source_keys.ts";
import { CAMERA_SOURCE } from "../config/source.ts";
import { type EdgeCommandOptions, emulated } from "../emulation/emulated_edge.ts";
import { policyHelp } from "../policies/text.ts";

/** How sources are read, for all of them. */
const CAPTURE_FLAGS: readonly Flag[] = [
  {
    term: "--live",
    sets: ["edge-setting", "live"],
    says: "yes",
    about: "the newest frame counts, whatever the source says of itself",
  },
  {
    term: "--no-live",
    sets: ["edge-setting", "live"],
    says: "no",
    about: "every frame counts, whatever the source says of itself",
  },
  { term: "--realtime", sets: ["edge-setting", "realtime"], says: "true" },
  { term: "--loop", sets: ["edge-setting", "loop"], says: "true" },
  { term: "--reconnect <n>", sets: ["edge-setting", "reconnect"] },
  { term: "--stall <ms>", sets: ["edge-setting", "stall_ms"] },
  { term: "--transport <way>", sets: ["edge-setting", "transport"] },
  { term: "--hwaccel <name>", sets: ["edge-setting", "hwaccel"] },
  { term: "--camera-size <size>", sets: ["edge-setting", "camera_size"] },
  { term: "--camera-fps <fps>", sets: ["edge-setting", "camera_fps"] },
];

/** The way to the cloud. */
const CLOUD_FLAGS: readonly Flag[] = [
  { term: "--forwarder <url>", sets: ["flask-url", "video_frame_url"] },
  { term: "--name <name>", sets: ["edge-setting", "name"] },
  { term: "--emulate-network <network>", sets: ["edge-setting", "emulate_network"] },
];

/** What is served while it runs. */
const SERVED_FLAGS: readonly Flag[] = [
  { term: "--metrics <[host:]port>", sets: ["telemetry", "metrics"] },
  { term: "--ui <[host:]port>", sets: ["ui", "listen"] },
];

/** Command lines worth copying. */
const EXAMPLES = [
  ["smarteye edge -f video.mp4 -i 50", "a video, a frame every 50 ms"],
  ["smarteye edge -f 0 --camera-size 640x480 --frames 9", "9 frames of local camera 0"],
  ["smarteye edge -r -s classification", "the configured camera, classified"],
  ["smarteye edge -f rtsp://host/1 -f 0 --out yard", "two cameras, results in yard/NAME"],
  ["smarteye edge -f 'clips/*.jpg' --images detections", "images; drawn if something is on"],
  ["smarteye edge -f video.mp4 --gpu auto", "inferred on an accelerator, if there is one"],
  ["smarteye edge -f rtsp://host/1 --filter motion", "only what moves is inferred"],
  ["smarteye edge -f video.mp4 --realtime --loop", "a video as if it were a camera"],
  ["smarteye edge -f 0 --emulate-network lte", "as if the cloud were behind a radio link"],
  ["smarteye edge -f 0 --sink sqlite:seen.sqlite", "results in a database, too"],
  ["smarteye edge -f 0 --ui 8080", "shown in a browser: localhost:8080"],
  ["smarteye edge -f 0 --sink mqtt://127.0.0.1/smarteye", "events to Home Assistant"],
  ["smarteye edge -c yard.ini", "the sources of its sections [source:NAME]"],
  ["smarteye edge -f video.mp4 --json > summary.json", "the summary, for a program"],
] as const;

/** What help says of several sources. */
const SOURCES_HELP =
  `Several sources share the models and the link to the cloud, in turn. In the config file, each has a
section of its own, with what it has otherwise than the others:

  [source:door]
  file = rtsp://192.0.2.1/1
  interval = 200
  images = detections

Keys: ${wrapped(Object.keys(SOURCE_KEYS))}.
A flag holds for all sources; what a section does not give is as in [edge-setting] and [results].
With several, --json prints { "sources": { NAME: summary, … }, "frames": sums }. One that fails ends
no other, and makes the exit status 1. docs/settings.md and docs/results.md tell more.

`;

/** What help says of sinks. */
const SINKS_HELP = `Results go to more places with --sink, or sections [sink:NAME] of the config:

${SINK_KIND_NAMES.map((kind) => `  ${kind.padEnd(9)}${SINK_KINDS[kind].about}`).join("\n")}

The run goes on without one that fails. docs/sinks.md tells more.

`;

/** What help says of what is kept. */
const RETENTION_HELP = folded(
  "Results stay for ever unless [retention] age or size is set in the config (30d, 50G): then the oldest " +
    'go, and nothing else. "smarteye retention" shows what would. Pictures leave the last room of a ' +
    "disk free ([retention] keep_free).",
);
/** What help says of rules. */
const RULES_HELP = `What people are to be told of is said by sections [rule:NAME] of the config:

  [rule:night]
  label = person
  zone = yard
  hours = 22:00-06:00
  minimum = 3
  clip = 5 10

Keys: ${wrapped(Object.keys(RULE_KEYS))}.
Sinks that a rule names hear only of what met it. docs/rules.md tells more.

`;

/** What help says of `--emulate-network`. */
const NETWORK_HELP = folded(
  `A network to emulate is one of: ${NETWORK_FORMS}. Rates are of payload, delays are each way, and ` +
    "nothing is lost. Its time begins when the edge first connects to the forwarder.",
);

/** The same text in lines that fit, with an empty one behind it. */
function folded(text: string): string {
  return `${text.replace(/(.{1,98})(?: |$)/g, "$1\n")}\n`;
}

function wrapped(names: readonly string[]): string {
  return names.join(", ").replace(/(.{1,80},)(?: |$)/g, "$1\n  ");
}

/** The `edge` command; `load` brings the role. */
export function edgeCommand(
  cli: Cli,
  load: () => Promise<Role<EdgeOptions>> = () => import("../../edge/role.ts"),
): Command {
  return roleCommand(cli, {
    name: "edge",
    about: "read frames and infer each one here or in the cloud, as a control policy decides",
    meantFlag: "-f",
    flags: [
      {
        term: "-f, --file <source>",
        sets: ["edge-setting", "source"],
        about: "what to read, also several times: video, image, folder or glob of images, " +
          "http(s)/HLS/RTSP URL, number of a camera, - for stdin; " +
          "for this run in place of what the config names",
        several: true,
      },
      {
        term: "-r, --rtsp",
        sets: ["edge-setting", "source"],
        says: CAMERA_SOURCE,
        about: "read the RTSP camera of [camera-info] in the config",
        several: true,
      },
      { term: "-i, --interval <ms>", sets: ["edge-setting", "interval"] },
      { term: "-s, --service <service>", sets: ["edge-setting", "service"] },
      { term: "--policy <name>", sets: ["edge-setting", "control_policy"] },
      { term: "--model <name>", sets: ["edge-setting", "model"] },
      { term: "--filter <none|motion|file>", sets: ["filter", "use"] },
      { term: "--gpu <n|auto>", sets: ["edge-setting", "gpu"] },
      ...CLOUD_FLAGS,
      { term: "--frames <n>", sets: ["edge-setting", "frames"] },
      { term: "--seed <n>", sets: ["edge-setting", "seed"] },
      { term: "--record <dir>", sets: ["edge-setting", "record"] },
      {
        term: "--no-track",
        sets: ["edge-setting", "track"],
        says: "no",
        about: "follow nothing: no tracks, lines or events",
      },
      { term: "--events <rule>", sets: ["results", "events"] },
      ...CAPTURE_FLAGS,
      ...SERVED_FLAGS,
      OUT_FLAG,
      {
        term: "--overwrite",
        sets: ["results", "overwrite"],
        says: "true",
        about: "take results of earlier runs away where they are in the way, and no other files",
      },
      SINK_FLAG,
      { term: "--images <rule>", sets: ["results", "images"] },
      {
        term: "--no-images",
        sets: ["results", "images"],
        says: "none",
        about: "write results as text only, as --images none",
      },
    ],
    examples: EXAMPLES,
    helpEnd: SOURCES_HELP + SINKS_HELP + RULES_HELP + RETENTION_HELP + NETWORK_HELP +
      policiesHelp(),
    resolve: (configured, around): EdgeCommandOptions => ({
      ...resolveEdge(configured, around),
      network: resolveNetwork(configured, around),
    }),
    load: async () => emulated(await load()),
  });
}

function policiesHelp(): string {
  return policyHelp(
    CONTROL_POLICIES,
    CONFIG["edge-setting"].control_policy.default,
    "smarteye policies list ./mine.ts",
    ["", "Combined, also in each other:", `  ${EXPRESSION_FORMS.join(", ")}.`],
  );
}
