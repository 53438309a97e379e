/** Every section and key that a config file may have: the one table that all else is read from. */

import { OVERFLOW_RULES } from "../../core/bounded_queue.ts";
import { SERVICES } from "../../core/detection.ts";
import { LOG_LEVELS } from "../../core/log.ts";
import { CAPTURE_KEYS } from "./capture_keys.ts";
import { FILTER_KEYS } from "./filter_keys.ts";
import { FORWARDER_KEYS } from "./forwarder_keys.ts";
import { INFERENCE_KEYS } from "./inference_keys.ts";
import {
  accelerator,
  choice,
  host,
  httpUrl,
  ipPort,
  liveRule,
  localListenAddress,
  modelName,
  optional,
  plain,
  positive,
  serverTarget,
  share,
  text,
  token,
  whole,
  yesNo,
} from "./kinds.ts";
import type { Key, NumberedKey } from "./key.ts";
import { OFFLOAD_KEYS } from "./offload_keys.ts";
import { RESULTS_KEYS } from "./results_keys.ts";
import { RETENTION_KEYS } from "./retention_keys.ts";
import { SECURITY_KEYS } from "./security_keys.ts";
import { CALLER_ACCESS_KEYS, OPEN_SERVER_KEYS, SERVER_ACCESS_KEYS } from "./transport_keys.ts";
import { UI_KEYS } from "./ui_keys.ts";

const MODELS = { numbered: true, kind: optional(modelName()), default: [] } as const;

/** Sections → keys. The name of a numbered key ends in `<N>`. */
export const CONFIG = {
  "grpc-url": {
    "url<N>": {
      numbered: true,
      kind: serverTarget(),
      default: ["127.0.0.1:50051"],
      about: "each inference server: host:port, or a name of DNS that has several",
    },
    nameserver: {
      kind: optional(ipPort()),
      default: "",
      about: "IP address and port of a name server for dns:///…; empty = the system's",
    },
    ...OPEN_SERVER_KEYS,
    ...SERVER_ACCESS_KEYS,
  },
  "flask-url": {
    video_frame_url: {
      kind: httpUrl(),
      default: "http://127.0.0.1:5000/image_handler",
      about: "URL of the forwarding server that frames are offloaded to",
    },
    token: {
      kind: optional(token()),
      default: "",
      about: "token that the forwarding server wants; sent with every request",
      secret: true,
    },
    allow_plain_token: {
      kind: yesNo(),
      default: "false",
      about: "whether the token may go over http, which anybody on the way can read",
    },
    ca_file: {
      kind: optional(plain("the path of a PEM file")),
      default: "",
      about: "PEM file with further authorities whose certificates are trusted over https",
    },
    video_file_url: {
      kind: text(),
      default: "",
      about: "accepted because older files have it; has no effect",
      retired: true,
    },
  },
  "camera-info": {
    account: { kind: text(), default: "", about: "account of the RTSP camera" },
    password: { kind: text(), default: "", about: "password of the account", secret: true },
    ip_address: {
      kind: optional(host()),
      default: "",
      about: "address of the RTSP camera, host or host:port",
    },
    channel: { kind: whole("", 0, 1000), default: "1", about: "channel of the camera or recorder" },
  },
  monitor: {
    monitor_interval: {
      kind: positive("seconds", 3600),
      default: "2",
      about: "seconds between two looks at each server's health",
    },
  },
  "edge-setting": {
    source: {
      kind: optional(
        plain(
          "a file, a folder, a URL, a camera's number, - or rtsp: for the camera of camera-info",
        ),
      ),
      default: "",
      about:
        "what to read: video, image, folder, glob of images, URL, camera's number, - for stdin",
    },
    ...CAPTURE_KEYS,
    interval: {
      kind: whole("milliseconds", 0, 86_400_000),
      default: "0",
      about: "least milliseconds between two frames read; 0 = as fast as it goes",
    },
    frames: {
      kind: whole("frames", 0, 1_000_000_000_000),
      default: "0",
      about: "stop after this many frames of a source were analysed; 0 = read all",
    },
    service: {
      kind: choice(SERVICES),
      default: "detection",
      about: "what to ask of each frame: detection or classification",
    },
    model: {
      kind: optional(modelName()),
      default: "",
      about: "use this model wherever a frame is inferred; empty = the policy chooses",
    },
    control_policy: {
      kind: plain("the name of a control policy, the path of a module with one, or an expression"),
      default: "threshold_offload_policy",
      about: "control policy: a registered name, the path of a module, or such as fallback(A, B)",
    },
    emulate_network: {
      kind: optional(plain("a network such as lte, constant:8mbit?delay=20 or a trace")),
      default: "",
      about: "have the link to the cloud be like this network, for trying; empty = as it is",
    },
    queue_maxsize: {
      kind: whole("frames", 1, 10_000),
      default: "10",
      about: "frames that may wait for a local worker, and as many for an offload",
    },
    worker_number: {
      kind: whole("offloads", 1, 1024),
      default: "4",
      about: "offloads that may be under way at once",
    },
    local_workers: {
      kind: whole("workers", 0, 256),
      default: "0",
      about: "workers that infer on the edge; 0 = as many as there are cores, 4 on CUDA",
    },
    gpu: {
      kind: optional(accelerator()),
      default: "",
      about:
        "accelerator of the edge: its number (fails without it), auto = one if there is one, " +
        "empty = CPU",
    },
    pending_threshold: {
      kind: optional(whole("frames", 0, 10_000)),
      default: "",
      about: "older name of [policy:threshold_offload_policy] pending_threshold, which wins",
      olderNameOf: ["policy:threshold_offload_policy", "pending_threshold"],
    },
    seed: {
      kind: optional(whole("", 0, 4_294_967_295)),
      default: "",
      about: "seed of all that is left to chance; empty = drawn, and told in the summary",
    },
    record: {
      kind: optional(plain("the path of a directory")),
      default: "",
      about: "directory in which decisions are recorded, to be decided again; empty = nowhere",
    },
    decision_ms: {
      kind: whole("milliseconds", 1, 60_000),
      default: "50",
      about: "milliseconds that a policy of your own may take to decide about a frame",
    },
    ...OFFLOAD_KEYS,
    track: {
      kind: liveRule(),
      default: "auto",
      about:
        "whether things are followed from frame to frame: auto (not in single images), yes, no",
    },
    overflow: {
      kind: choice(OVERFLOW_RULES),
      default: "wait",
      about: "when a queue is full: wait, drop_oldest, drop_newest, or adaptive",
    },
  },
  filter: FILTER_KEYS,
  forwarder: FORWARDER_KEYS,
  inference: { ...INFERENCE_KEYS, ...CALLER_ACCESS_KEYS },
  "object-detection": {
    "model<N>": { ...MODELS, about: "models that detect objects; none = every one there is" },
  },
  "image-classification": {
    "model<N>": { ...MODELS, about: "models that classify images; none = every one there is" },
  },
  "edge-model": {
    "model<N>": { ...MODELS, about: "models that the edge loads; none = every one there is" },
  },
  "preload-models": {
    "model<N>": {
      ...MODELS,
      about: "models the inference server loads before it is ready; none = every one there is",
    },
  },
  models: {
    directory: {
      kind: optional(plain("the path of a directory")),
      default: "",
      about: "directory with models; empty = models in the user's data directory for smarteye",
    },
    watch: {
      kind: yesNo(),
      default: "true",
      about: "whether a server loads models whose files change or come while it serves",
    },
    score_threshold: {
      kind: optional(share()),
      default: "",
      about: "least score of a detection that is reported, 0 to 1; empty = each model's own",
    },
  },
  results: RESULTS_KEYS,
  retention: RETENTION_KEYS,
  security: SECURITY_KEYS,
  ui: UI_KEYS,
  telemetry: {
    log_level: {
      kind: choice(LOG_LEVELS),
      default: "info",
      about: "how much is logged: debug, info, warning or error",
    },
    quiet: {
      kind: yesNo(),
      default: "false",
      about: "only warnings and errors, no progress",
    },
    metrics: {
      kind: optional(localListenAddress()),
      default: "",
      about:
        "port or host:port that an edge serves Prometheus metrics on; 0 = a free one, empty = none",
    },
    json: {
      kind: yesNo(),
      default: "false",
      about: "print one JSON object on stdout: a run's summary, or a server's address",
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Key | NumberedKey>>>>;
