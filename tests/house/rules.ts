/** The house's rules: who may import whom, which package is behind which door, and what is excepted. */

/** What each room may import, beside itself. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  street: ["core"],
  drawing: ["core"],
  proto: ["core"],
  models: ["core"],
  policies: ["core"],
  web: ["core", "proto"],
  inference: ["core", "models"],
  edge: ["core", "street", "drawing", "policies", "models", "proto", "web", "inference"],
  forwarder: ["core", "policies", "proto", "web"],
  lab: ["core", "street", "policies", "models", "inference", "edge", "proto"],
  cli: [
    ...["core", "street", "drawing", "policies", "models", "proto", "web"],
    ...["inference", "edge", "forwarder", "lab"],
  ],
  build: ["core"],
  bench: [
    ...["core", "street", "policies", "proto", "models", "inference", "edge", "forwarder"],
    "lab",
  ],
  "main.ts": ["cli"],
};

/** Of the forwarder's Worker, which is started for such servers alone. */
const IN_WORKER = "it decodes what a server answers that knows nothing of pictures";

/** Files that may import more than their room. */
export const EXCEPTIONS: readonly (readonly [file: RegExp, room: string, why: string])[] = [
  [/^inference\/(server|protocols\/\w+)\.ts$/, "proto", "a protocol speaks on the wire"],
  [/^inference\/http\/\w+\.ts$/, "proto", "it speaks on the wire"],
  [/^inference\/(telemetry|http\/\w+)\.ts$/, "web", "it is served over HTTP"],
  [/^inference\/(ports|server|transport\/\w+)\.ts$/, "web", "sockets and tokens are those of web"],
  [/^inference\/protocols\/msg_transfer\.ts$/, "drawing", "it answers with the frame"],
  [/^forwarder\/wires\/original\.ts$/, "drawing", "it answers with the frame"],
  [/^forwarder\/pictures\/(worker|open_network|open_models)\.ts$/, "inference", IN_WORKER],
  [/^forwarder\/pictures\/(worker|open_network|open_models)\.ts$/, "models", IN_WORKER],
];

/** Files that a room may not import although it may import their room, and why. */
export const KEPT_APART: readonly (readonly [room: string, file: RegExp, why: string])[] = [
  [
    "edge",
    /^inference\/((server|service|role|telemetry)\.ts$|protocols\/|http\/)/,
    "edge takes inference's detector, never its server",
  ],
  [
    "forwarder",
    /^inference\/(?!decode\/|network\/(findings|fit|image_input|picture_writer|tensors)\.ts$|workers\/picture_decoder\.ts$)/,
    "the forwarder makes tensors and reads them, and runs no network",
  ],
  ["edge", /^proto\/g(rpc_|enerated)/, "edge speaks HTTP, not gRPC"],
  ["web", /^proto\/(?!http_errors\.ts$)/, "web answers errors as our HTTP has them, and no more"],
  ["lab", /^inference\/((server|service|role)\.ts$|protocols\/)/, "the lab needs no server"],
  ["lab", /^edge\/role\.ts$/, "the lab runs what an edge runs, and is none"],
  ["lab", /^proto\/g(rpc_|enerated)/, "the lab speaks as an edge does"],
];

/** Which files may import a package. Each of `deno.json` has its door. */
export const DOORS: Readonly<Record<string, RegExp>> = {
  "@fontsource/dejavu-sans": /^drawing\/lettering\.ts$/,
  "@grpc/grpc-js":
    /^(proto\/grpc_service|forwarder\/backends\/(channel|health)|inference\/(server|protocols\/\w+|transport\/(call_guard|grpc_connections))|bench\/(added|against|(forward|chaos)\/\w+))\.ts$/,
  "@grpc/proto-loader": /^proto\/grpc_service\.ts$/,
  "@grpc/reflection": /^inference\/protocols\/reflection\.ts$/,
  "@logtape/logtape": /^core\/log\.ts$/,
  "@opentelemetry/api": /^core\/tracing\.ts$/,
  "@remix-run/multipart-parser": /^forwarder\/form\.ts$/,
  "@rgrove/parse-xml": /^edge\/discovery\/xml\.ts$/,
  "cli-progress": /^cli\/models\/progress_bar\.ts$/,
  "cli-table3": /^cli\/table\.ts$/,
  commander: /^cli\/(args|command|run|commands\/.+)\.ts$/,
  echarts: /^lab\/report\/plot\.ts$/,
  "env-paths":
    /^(cli\/config\/resolve|edge\/cloud\/allowance_file|inference\/(profile_cache|accelerator\/place))\.ts$/,
  "fastest-levenshtein": /^core\/closest\.ts$/,
  "grpc-health-check":
    /^(inference\/protocols\/health|forwarder\/backends\/health|bench\/chaos\/server)\.ts$/,
  "@nats-io/jetstream": /^edge\/sink\/added\/nats\/nats_link\.ts$/,
  "@nats-io/transport-node": /^edge\/sink\/added\/nats\/(nats_link|guard_sockets)\.ts$/,
  "@hono/node-server": /^web\/http_port\.ts$/,
  hyparquet: /^lab\/parquet\.ts$/,
  "hyparquet-writer": /^lab\/parquet\.ts$/,
  hono:
    /^(forwarder\/(gateway|openapi_page)|inference\/http\/\w+|(web|edge|forwarder)\/ui\/\w+)\.tsx?$/,
  "image-size": /^forwarder\/image_header\.ts$/,
  mqtt: /^edge\/sink\/added\/mqtt\/mqtt_link\.ts$/,
  munkres: /^edge\/tracking\/assignment\.ts$/,
  "node-av":
    /^(edge\/(capture\/media\/\w+|discovery\/local_cameras)|edge\/sink\/(container|added\/video\/\w+)|edge\/clips\/clip(_file)?|street\/sample_writer|bench\/(limit|filter\/vectors))\.ts$/,
  // The benches measure how much the edge and the server add to the bare session.
  "onnxruntime-node": new RegExp(
    "^(" + [
      "inference/(network/session|accelerator/runtime_version)",
      "bench/(serve/)?limit",
    ].join("|") + ")\\.ts$",
  ),
  "opentype.js": /^drawing\/lettering\.ts$/,
  "prom-client": /^web\/metrics\.ts$/,
  protobufjs: /^models\/onnx_file\.ts$/,
  "pure-rand": /^core\/rng\.ts$/,
  sharp: /^core\/image\.ts$/,
  tar: /^build\/archive\.ts$/,
  wabt: /^build\/wasm\.ts$/,
  yaml: /^(lab\/evaluation\/class_list|forwarder\/clients\/token_file)\.ts$/,
  // Where something comes in from outside: settings, files, wires, a user's own policy.
  zod: new RegExp(
    "^(" + [
      "build/(packages|sources)",
      "cli/(config/(retention_)?kinds|demo/score)",
      "edge/(filter/learned_file|ui/zone_given)",
      "forwarder/(clients/token_file|openapi_schemas)",
      "inference/profile_cache",
      "lab/(evaluation/coco_labels|profile/(profile_files|truth)|replay/read_recording)",
      "models/(manifest|pull/part_file)",
      "policies/offload/check",
      "proto/(http_(codec|details|edges|errors|reload|answers)|open_inference_http)",
    ].join("|") + ")\\.ts$",
  ),
};

/** Packages that only tests import. */
export const FOR_TESTS: readonly string[] = [
  "@seriousme/openapi-schema-validator",
  "ajv",
  "axe-core",
  "ini",
  "playwright-core",
];

/** Packages with native code: `forward` and `--help` run without loading any. */
export const NATIVE = /^(sharp|onnxruntime-node|node-av)(\/|$)/;

/** Files in which a timer may be named, and why. Everybody else waits by a `Clock`. */
export const TIMERS: Readonly<Record<string, string>> = {
  "core/clock.ts": "it is the clock",
  "bench/edge.ts": "it measures how long the event loop stands still, which a clock cannot tell",
  "build/compiled.ts": "it builds the program, and is no part of it",
};

/** Lines that a file may have. */
export const FILE_LINES_MAX = 350;

/** Lines that a function may have, unless the comment above it says why. */
export const FUNCTION_LINES_MAX = 70;

/** How a comment says why a function is longer: "In one piece: what is drawn first lies below." */
export const REASON = /\bin one piece[:,]\s+\S(.|\n){15,}/i;
