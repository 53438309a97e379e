/** Command lines → the options that each role is given. */

import { CAPTURE_DEFAULTS } from "../edge/capture/open_source.ts";
import { nameForSource } from "../edge/capture/source_name.ts";
import type { EdgeOptions } from "../edge/options.ts";
import assert from "node:assert/strict";
import { join } from "node:path";
import type { ExitStatus } from "../core/role.ts";
import type { DefineCommand } from "./command.ts";
import { edgeCommand } from "./commands/edge.ts";
import { forwardCommand } from "./commands/forward.ts";
import { serveCommand } from "./commands/serve.ts";
import { FakeWorld } from "../tests/fakes/world.ts";
import { run } from "./run.ts";

/** Runs with roles that only remember their options. */
async function resolved(line: string, environment: Record<string, string> = {}) {
  let options: unknown;
  const load = () =>
    Promise.resolve({
      run: (given: unknown): Promise<ExitStatus> => {
        options = given;
        return Promise.resolve(0);
      },
    });
  const commands: DefineCommand[] = [
    (cli) => edgeCommand(cli, load),
    (cli) => forwardCommand(cli, load),
    (cli) => serveCommand(cli, load),
  ];
  const world = new FakeWorld({ SMARTEYE_MODELS: "the/models", ...environment });
  const status = await run(line.split(" "), world, commands);
  return { status, options, stderr: world.stderr.text };
}

const START = join("info_system/handled_result", "2026-01-02_03-04-05");
const MODELS = {
  directory: "the/models",
  detection: [],
  classification: [],
  scoreThreshold: undefined,
};
const OTHERS = { models: [], directory: "the/models", scoreThreshold: undefined, workers: 4 };
const LIMITS = {
  bodyBytesMax: 10_485_760,
  pixelsMax: 40_000_000,
  bodyTimeoutMs: 5000,
  requestsMax: 64,
};
const GATEWAY_LIMITS = { ...LIMITS, arrivingMax: 256, bodyBytesPerSecMin: 1000 };

const DEFAULTS = {
  edge: {
    ...CAPTURE_DEFAULTS,
    source: "0",
    intervalMs: 0,
    framesMax: 0,
    zones: [],
    rules: [],
    clipBytesMax: 64_000_000,
    service: "detection",
    controlPolicy: "threshold_offload_policy",
    model: undefined,
    models: MODELS,
    edgeModels: [],
    edgeName: "edge",
    queueLengthMax: 10,
    overflow: "wait",
    offloadsMax: 4,
    localWorkers: 8,
    cores: 8,
    gpu: undefined,
    ortLib: undefined,
    policyParameters: {},
    seed: undefined,
    decisionMs: 50,
    offloadHeight: 240,
    jpegQuality: 80,
    deadlineMs: 2000,
    onCloudFailure: "local",
    forwarderUrl: "http://127.0.0.1:5000/image_handler",
    monitorIntervalMs: 2000,
    track: undefined,
    events: "all",
    sinks: [],
    images: "all",
    overwrite: false,
    retention: { keepFree: "auto", checkMs: 60_000 },
    metrics: undefined,
    json: false,
  },
  forward: {
    listen: { host: "127.0.0.1", port: 5000 },
    servers: ["127.0.0.1:50051"],
    others: OTHERS,
    dispatchPolicy: "prequal",
    policyParameters: {},
    decisionMs: 50,
    monitorIntervalMs: 2000,
    deadlineMs: 10000,
    failure: { retryBudget: 0.2, hedge: false, slowStartMs: 5000, serverRequestsMax: 0 },
    limits: GATEWAY_LIMITS,
    connectionsMax: 1024,
    corsOrigins: [],
    accessLog: "none",
    loadModels: false,
    json: false,
  },
  serve: {
    listen: { host: "127.0.0.1", port: 50051 },
    models: MODELS,
    preload: [],
    preloadNamedBy: "config",
    watchModels: true,
    workers: undefined,
    cores: 8,
    httpListen: undefined,
    batching: { batchMax: 0, maxDelayMs: 0 },
    connectionsMax: 1024,
    threads: 1,
    queueLengthMax: 32,
    gpu: undefined,
    ortLib: undefined,
    limits: LIMITS,
    json: false,
  },
};

/** A command line, and what differs from the defaults. */
type Case = [
  role: keyof typeof DEFAULTS,
  line: string,
  differs: Record<string, unknown>,
  environment?: Record<string, string>,
];

const CASES: Case[] = [
  ["edge", "edge -f 0", {}],
  ["edge", "edge --file 0 --interval 50", { intervalMs: 50 }],
  ["edge", "edge -f world.ts -i 50", { source: "world.ts", intervalMs: 50 }],
  ["edge", "edge -f . --frames 7", { source: ".", framesMax: 7 }],
  ["edge", "edge -f https://host/a.m3u8", { source: "https://host/a.m3u8" }],
  ["edge", "edge -f rtsp://u:p@host/1", { source: "rtsp://u:p@host/1" }],
  ["edge", "edge -f synthetic:320x240", { source: "synthetic:320x240" }],
  ["edge", "edge", { source: "3" }, { SMARTEYE_EDGE_SETTING_SOURCE: "3" }],
  ["edge", "edge -f 0", {}, { SMARTEYE_EDGE_SETTING_SOURCE: "3" }],
  [
    "edge",
    "edge -r",
    { source: "rtsp://192.0.2.1/cam/realmonitor?channel=1&subtype=0" },
    { SMARTEYE_CAMERA_INFO_IP_ADDRESS: "192.0.2.1" },
  ],
  [
    "edge",
    "edge -f 0 -s classification --policy always_local_fastest_model --model m1",
    { service: "classification", controlPolicy: "always_local_fastest_model", model: "m1" },
  ],
  ["edge", "edge -f 0 --policy ./world.ts", { controlPolicy: "./world.ts" }],
  ["edge", "edge -f 0 --out there/now --no-images", {
    resultsDirectory: "there/now",
    images: "none",
  }],
  ["edge", "edge -f 0 --overwrite --images detections", { overwrite: true, images: "detections" }],
  ["edge", "edge -f 0", { images: { every: 25 } }, { SMARTEYE_RESULTS_IMAGES: "every 25" }],
  ["edge", "edge -f 0", { images: "none" }, { SMARTEYE_RESULTS_IMAGES: "off" }],
  ["edge", "edge -f 0", { images: "all" }, { SMARTEYE_RESULTS_IMAGES: "TRUE" }],
  ["edge", "edge -f -", { source: "-" }],
  ["edge", "edge -f wor*.ts", { source: "wor*.ts" }],
  ["edge", "edge -f 0 --live --reconnect 3 --stall 700", {
    live: true,
    reconnectsMax: 3,
    stallMs: 700,
  }],
  ["edge", "edge -f 0 --no-live --reconnect forever", { live: false }, {
    SMARTEYE_EDGE_SETTING_RECONNECT: "0",
  }],
  ["edge", "edge -f 0 --realtime --loop --transport udp --hwaccel d3d11va", {
    realtime: true,
    loop: true,
    transport: "udp",
    hwaccel: "d3d11va",
  }],
  ["edge", "edge -f 0 --camera-size 640x480 --camera-fps 7.5", {
    cameraSize: { width: 640, height: 480 },
    cameraFps: 7.5,
  }],
  ["edge", "edge -f 0 --forwarder http://a:1/image_handler", {
    forwarderUrl: "http://a:1/image_handler",
  }],
  ["edge", "edge -f 0 --json --quiet --log-level debug", { json: true }],
  ["edge", "--json edge -f 0", { json: true }],
  ["edge", "edge -f 0 --seed 7", { seed: 7 }],
  ["edge", "edge -f 0 --metrics 9100", { metrics: { host: "127.0.0.1", port: 9100 } }],
  ["edge", "edge -f 0 --metrics [::]:0", { metrics: { host: "::", port: 0 } }],
  ["edge", "edge -f 0", { metrics: { host: "0.0.0.0", port: 9100 } }, {
    SMARTEYE_TELEMETRY_METRICS: "0.0.0.0:9100",
  }],
  ["edge", "edge -f 0 --seed 0", { seed: 0 }, { SMARTEYE_EDGE_SETTING_SEED: "9" }],
  ["edge", "edge -f 0", { decisionMs: 20 }, { SMARTEYE_EDGE_SETTING_DECISION_MS: "20" }],
  [
    "edge",
    "edge -f 0",
    {
      policyParameters: {
        threshold_offload_policy: {
          pending_threshold: {
            text: "4",
            where: "SMARTEYE_POLICY_THRESHOLD_OFFLOAD_POLICY_PENDING_THRESHOLD",
          },
        },
      },
    },
    { SMARTEYE_POLICY_THRESHOLD_OFFLOAD_POLICY_PENDING_THRESHOLD: "4" },
  ],
  ["edge", "edge -f 0", { localWorkers: 3 }, { SMARTEYE_EDGE_SETTING_LOCAL_WORKERS: "3" }],
  ["edge", "edge -f 0", { monitorIntervalMs: 1 }, { SMARTEYE_MONITOR_MONITOR_INTERVAL: "0.0001" }],
  ["edge", "edge -f 0", { models: { ...MODELS, scoreThreshold: 0.25, detection: ["b", "a"] } }, {
    SMARTEYE_MODELS_SCORE_THRESHOLD: ".25",
    SMARTEYE_OBJECT_DETECTION_MODEL10: "a",
    SMARTEYE_OBJECT_DETECTION_MODEL9: "b",
  }],
  ["forward", "forward", {}],
  ["forward", "forward --listen [::1]:0", { listen: { host: "::1", port: 0 } }],
  ["forward", "forward --policy round_robin --json", { dispatchPolicy: "round_robin", json: true }],
  ["forward", "forward", { decisionMs: 20 }, { SMARTEYE_FORWARDER_DECISION_MS: "20" }],
  [
    "forward",
    "forward",
    { failure: { retryBudget: 0, hedge: true, slowStartMs: 0, serverRequestsMax: 16 } },
    {
      SMARTEYE_FORWARDER_RETRY_BUDGET: "0",
      SMARTEYE_FORWARDER_HEDGE: "yes",
      SMARTEYE_FORWARDER_SLOW_START_MS: "0",
      SMARTEYE_FORWARDER_SERVER_REQUESTS_MAX: "16",
    },
  ],
  ["forward", "forward --servers a:1,b:2,a:1", { servers: ["a:1", "b:2"] }],
  ["forward", "forward --servers a:1", { servers: ["a:1"] }, { SMARTEYE_GRPC_URL_URL7: "z:1" }],
  ["forward", "forward --servers oip://a:1", {
    servers: ["oip://a:1"],
    others: { ...OTHERS, models: ["b", "c"], scoreThreshold: 0.25 },
  }, {
    SMARTEYE_GRPC_URL_OIP_MODEL2: "c",
    SMARTEYE_GRPC_URL_OIP_MODEL1: "b",
    SMARTEYE_OBJECT_DETECTION_MODEL1: "a",
    SMARTEYE_MODELS_SCORE_THRESHOLD: ".25",
  }],
  ["forward", "forward", { others: { ...OTHERS, models: ["a", "d"] } }, {
    SMARTEYE_OBJECT_DETECTION_MODEL1: "a",
    SMARTEYE_IMAGE_CLASSIFICATION_MODEL1: "d",
  }],
  ["serve", "serve", {}],
  ["serve", "serve --listen 0.0.0.0:6000 --workers 2", {
    listen: { host: "0.0.0.0", port: 6000 },
    workers: 2,
  }],
  ["serve", "serve --gpu 1 --models a,b", {
    ...{ gpu: 1, workers: undefined },
    ...{ preload: ["a", "b"], preloadNamedBy: "flag" },
  }],
  ["serve", "serve --http [::1]:8080", { httpListen: { host: "::1", port: 8080 } }],
  ["serve", "serve --gpu auto --workers 2", { gpu: "auto", workers: 2 }],
  ["serve", "serve", { ortLib: "/opt/ort" }, { SMARTEYE_ORT_LIB: "/opt/ort" }],
  ["edge", "edge -f 0", { ortLib: "/opt/ort" }, { SMARTEYE_INFERENCE_ORT_LIB: "/opt/ort" }],
  ["edge", "edge -f 0 --gpu 0", { gpu: 0, localWorkers: undefined }],
];

for (const [role, line, differs, environment] of CASES) {
  const given = Object.entries(environment ?? {}).map(([name, value]) => `${name}=${value} `);
  Deno.test(`${given.join("")}smarteye ${line}`, async () => {
    const { status, options, stderr } = await resolved(line, environment);
    assert.equal(stderr, "");
    assert.equal(status, 0);
    // Those of the one source are shown among the others.
    const { sources: [source], ...others } = { sources: [], ...options as Partial<EdgeOptions> };
    const wanted: Record<string, unknown> = { ...DEFAULTS[role], ...differs };
    if (role === "edge") wanted["name"] = nameForSource(String(wanted["source"]));
    if (role === "edge" && !("resultsDirectory" in wanted)) {
      wanted["resultsDirectory"] = wanted["newDirectory"] = `${START}_${wanted["name"]}`;
    }
    assert.deepEqual({ ...others, ...source }, wanted);
  });
}
