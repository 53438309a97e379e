/** `smarteye edge`: frames from a source, inferred here or in the cloud. */

import type { Command } from "commander";
import type { EdgeOptions } from "../../edge/options.ts";
import { CONTROL_POLICIES } from "../../policies/registry.ts";
import { type Cli, type Role, roleCommand } from "../command.ts";
import { OUT_FLAG } from "../config/flag.ts";
import { resolveEdge } from "../config/resolve.ts";
import { CONFIG } from "../config/schema.ts";
import { CAMERA_SOURCE } from "../config/source.ts";
import { policyHelp } from "../policies/text.ts";

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
        about: "video file, folder of images, image, http(s)/HLS/RTSP URL, or number of a camera",
      },
      {
        term: "-r, --rtsp",
        sets: ["edge-setting", "source"],
        says: CAMERA_SOURCE,
        about: "read the RTSP camera of [camera-info] in the config",
      },
      { term: "-i, --interval <ms>", sets: ["edge-setting", "interval"] },
      { term: "-s, --service <service>", sets: ["edge-setting", "service"] },
      { term: "--policy <name>", sets: ["edge-setting", "control_policy"] },
      { term: "--model <name>", sets: ["edge-setting", "model"] },
      { term: "--forwarder <url>", sets: ["flask-url", "video_frame_url"] },
      { term: "--frames <n>", sets: ["edge-setting", "frames"] },
      { term: "--seed <n>", sets: ["edge-setting", "seed"] },
      { term: "--metrics <[host:]port>", sets: ["telemetry", "metrics"] },
      OUT_FLAG,
      {
        term: "--no-images",
        sets: ["results", "images"],
        says: "false",
        about: "write results as text only, no frames with boxes drawn",
      },
    ],
    examples: [
      ["smarteye edge -f video.mp4 -i 50", "a video, a frame every 50 ms"],
      ["smarteye edge -f 0 --frames 100", "100 frames of local camera 0"],
      ["smarteye edge --rtsp -s classification", "the configured camera, classified"],
      ["smarteye edge -f video.mp4 --policy always_local_fastest_model", "all on this machine"],
      ["smarteye edge -f video.mp4 --json > summary.json", "the run's summary, for a program"],
    ],
    helpEnd: policyHelp(
      CONTROL_POLICIES,
      CONFIG["edge-setting"].control_policy.default,
      "smarteye policies list ./mine.ts",
    ),
    resolve: (configured, around) => resolveEdge(configured, around),
    load,
  });
}
