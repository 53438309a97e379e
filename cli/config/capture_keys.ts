/** The keys of `[edge-setting]` that say how a source is read. */

import type { Key } from "./key.ts";
import {
  choice,
  deviceName,
  liveRule,
  optional,
  pixelSize,
  positive,
  triesOrForever,
  whole,
  yesNo,
} from "./kinds.ts";

/** What holds for every source that has nothing of its own. */
export const CAPTURE_KEYS = {
  live: {
    kind: liveRule(),
    default: "auto",
    about: "whether frames come in their own time and the newest counts: auto, yes or no",
  },
  realtime: {
    kind: yesNo(),
    default: "false",
    about: "play a file as a camera would deliver it, in real time",
  },
  loop: {
    kind: yesNo(),
    default: "false",
    about: "begin again at the end of a file",
  },
  reconnect: {
    kind: triesOrForever(),
    default: "forever",
    about: "tries in a row to get a lost live source back, or forever",
  },
  stall_ms: {
    kind: whole("milliseconds", 1, 3_600_000),
    default: "5000",
    about: "milliseconds without a frame after which a live source counts as stalled",
  },
  transport: {
    kind: choice(["auto", "tcp", "udp"]),
    default: "auto",
    about: "how RTSP packets travel: tcp, udp, or auto = TCP first, then UDP",
  },
  hwaccel: {
    kind: deviceName(),
    default: "none",
    about: "what decodes video: none, auto, or FFmpeg's name of a device: vaapi, cuda, qsv, …",
  },
  camera_size: {
    kind: optional(pixelSize()),
    default: "",
    about: "size asked of a local camera in pixels, such as 640x480; empty = its own choice",
  },
  camera_fps: {
    kind: optional(positive("frames a second", 1000)),
    default: "",
    about: "frames a second asked of a local camera; empty = its own choice",
  },
} as const satisfies Readonly<Record<string, Key>>;
