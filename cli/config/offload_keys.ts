/** The keys of `[edge-setting]` that say how frames go to the cloud, and who sends them. */

import { ALLOWANCE_PERIODS } from "../../edge/cloud/byte_allowance.ts";
import { choice, edgeName, optional, whole } from "./kinds.ts";
import type { Key } from "./key.ts";

/** What is said to the forwarder, and what it may cost. */
export const OFFLOAD_KEYS = {
  name: {
    kind: optional(edgeName()),
    default: "",
    about: "what the edge is called at its forwarder; empty = the machine's name",
  },
  offload_height: {
    kind: whole("pixels", 16, 8192),
    default: "240",
    about: "height in pixels that frames are downsized to before they are sent",
  },
  jpeg_quality: {
    kind: whole("", 1, 100),
    default: "80",
    about: "JPEG quality of the frames that are sent, 1 to 100",
  },
  deadline_ms: {
    kind: whole("milliseconds", 1, 600_000),
    default: "2000",
    about: "milliseconds to wait for the cloud's answer to a frame",
  },
  on_cloud_failure: {
    kind: choice(["local", "drop"]),
    default: "local",
    about: "when the cloud fails on a frame: local = infer it on the edge, or drop it",
  },
  allowance_mb: {
    kind: whole("megabytes", 0, 1_000_000_000),
    default: "0",
    about: "megabytes that may go to and from the cloud each period; 0 = as many as it takes",
  },
  allowance_period: {
    kind: choice(ALLOWANCE_PERIODS),
    default: "month",
    about: "after what time the allowance begins anew, by the calendar (UTC): hour, day or month",
  },
} as const satisfies Readonly<Record<string, Key>>;
