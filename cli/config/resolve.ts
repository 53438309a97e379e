/** Checked settings → the options that a role takes, frozen. */

import { join, resolve } from "node:path";
import envPaths from "env-paths";
import { deepFrozen } from "../../core/deep_frozen.ts";
import type { Limits } from "../../core/limits.ts";
import type { EdgeOptions } from "../../edge/options.ts";
import type { FailureOptions } from "../../forwarder/failure_options.ts";
import type { ForwarderOptions } from "../../forwarder/options.ts";
import { edgeNameOf } from "../../proto/http_edge.ts";
import type { ServeOptions } from "../../inference/options.ts";
import type { ModelOptions } from "../../models/model_options.ts";
import { resolveCloudPage } from "./cloud_page.ts";
import type { Configured } from "./configure.ts";
import { checkControlPolicy, checkDispatchPolicy, checkIsFile, checkIsNoFile } from "./paths.ts";
import { checkControlSections, checkDispatchSections, givenParameters } from "./policy_sections.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Settings } from "./settings.ts";
import { resolveRetention } from "./retention.ts";
import { withRules } from "./rules.ts";
import { resolveSinks } from "./sinks.ts";
import { resolveSources } from "./sources.ts";
import { resolveCallers, resolveClients, resolveServers } from "./transport.ts";
import { checkToken } from "./token.ts";
import { resolveUi } from "./ui.ts";

/**
 * Options of `smarteye edge`. Adds to the problems what is wrong with them.
 *
 * @param needsSource that there is nothing to read is a problem; else there may be no source.
 */
export function resolveEdge(
  configured: Configured,
  around: Surroundings,
  { needsSource } = { needsSource: true },
): EdgeOptions {
  const { settings } = configured;
  const edge = settings["edge-setting"];
  checkControlPolicy(configured, around);
  checkControlSections(configured);
  const read = resolveSources(configured, around, needsSource ? "smarteye edge" : undefined);
  const sinks = resolveSinks(configured, around, read.sources);
  return deepFrozen({
    ...read,
    edgeName: edge.name ?? edgeNameOf(around.hostName ?? ""),
    sources: withRules(configured, read.sources, sinks),
    sinks,
    service: edge.service,
    model: edge.model,
    models: resolveModels(configured, around),
    edgeModels: settings["edge-model"]["model<N>"],
    queueLengthMax: edge.queue_maxsize,
    offloadsMax: edge.worker_number,
    localWorkers: edge.local_workers || (edge.gpu === undefined ? around.cores : undefined),
    cores: around.cores,
    gpu: edge.gpu,
    ortLib: resolveOrtLib(configured, around),
    policyParameters: givenParameters(configured),
    seed: edge.seed,
    decisionMs: edge.decision_ms,
    offloadHeight: edge.offload_height,
    jpegQuality: edge.jpeg_quality,
    deadlineMs: edge.deadline_ms,
    onCloudFailure: edge.on_cloud_failure,
    ...resolveForwarder(configured, around),
    ...allowanceOf(settings),
    monitorIntervalMs: monitorIntervalMs(settings),
    overwrite: settings.results.overwrite,
    retention: resolveRetention(
      configured,
      around,
      read.newDirectory === undefined ? undefined : settings.results.directory,
    ),
    metrics: settings.telemetry.metrics,
    ...resolveUi(configured, around, read.sources),
    json: settings.telemetry.json,
  });
}

/** Where frames go, how this edge makes itself known there, and whom it trusts. */
function resolveForwarder(
  configured: Configured,
  around: Surroundings,
): Pick<EdgeOptions, "forwarderUrl" | "forwarderToken" | "forwarderAuthorities"> {
  const { settings, origin } = configured;
  const { video_frame_url, token, ca_file } = settings["flask-url"];
  checkToken(configured);
  if (ca_file !== undefined) {
    checkIsFile(configured, around, origin(["flask-url", "ca_file"]), ca_file);
  }
  return {
    forwarderUrl: video_frame_url,
    ...(token === undefined ? {} : { forwarderToken: token }),
    ...(ca_file === undefined ? {} : { forwarderAuthorities: ca_file }),
  };
}

function allowanceOf({ "edge-setting": edge }: Settings): Pick<EdgeOptions, "allowance"> {
  const { allowance_mb, allowance_period } = edge;
  if (allowance_mb === 0) return {};
  return { allowance: { bytesMax: allowance_mb * 1_000_000, period: allowance_period } };
}

/** Options of `smarteye forward`. */
export function resolveForward(configured: Configured, around: Surroundings): ForwarderOptions {
  const { settings } = configured;
  const { forwarder, security } = settings;
  const { listen, dispatch_policy, decision_ms, deadline_ms, detection_model } = forwarder;
  checkDispatchPolicy(configured, around);
  checkDispatchSections(configured);
  return deepFrozen({
    listen,
    servers: settings["grpc-url"]["url<N>"],
    ...nameServerOf(settings),
    others: resolveOthers(configured, around),
    ...resolveServers(configured, around),
    dispatchPolicy: dispatch_policy,
    policyParameters: givenParameters(configured),
    decisionMs: decision_ms,
    monitorIntervalMs: monitorIntervalMs(settings),
    deadlineMs: deadline_ms,
    ...(detection_model === undefined ? {} : { detectionModel: detection_model }),
    loadModels: forwarder.load_models,
    failure: failureOf(settings),
    limits: {
      ...limitsOf(settings),
      arrivingMax: security.arriving_max,
      bodyBytesPerSecMin: security.body_rate_min,
    },
    connectionsMax: security.connections_max,
    ...resolveClients(configured, around),
    ...(forwarder.client_requests_max === 0
      ? {}
      : { clientRequestsMax: forwarder.client_requests_max }),
    ...(forwarder.operators_listen ? { operatorsListen: forwarder.operators_listen } : {}),
    ...resolveCloudPage(configured),
    corsOrigins: forwarder["cors_origin<N>"].filter((origin) => origin !== undefined),
    accessLog: forwarder.access_log,
    json: settings.telemetry.json,
  });
}

/** Workers that know pictures, at most: servers of others infer, and the rest of the cores is for requests. */
const PICTURE_WORKERS_MAX = 4;

function resolveOthers(configured: Configured, around: Surroundings): ForwarderOptions["others"] {
  const { directory, scoreThreshold, detection, classification } = resolveModels(
    configured,
    around,
  );
  const named = configured.settings["grpc-url"]["oip_model<N>"].filter((name) =>
    name !== undefined
  );
  return {
    models: named.length > 0 ? named : [...detection, ...classification],
    directory,
    scoreThreshold,
    workers: Math.max(1, Math.min(PICTURE_WORKERS_MAX, around.cores - 1)),
  };
}

function nameServerOf(settings: Settings): Pick<ForwarderOptions, "nameServer"> {
  const { nameserver } = settings["grpc-url"];
  return nameserver ? { nameServer: nameserver } : {};
}

/** Options of `smarteye serve`. */
export function resolveServe(configured: Configured, around: Surroundings): ServeOptions {
  const { settings } = configured;
  const { listen, http_listen, workers, threads, queue_maxsize, max_batch, max_delay_ms, gpu } =
    settings.inference;
  const { cores } = around;
  return deepFrozen({
    listen,
    httpListen: http_listen,
    models: resolveModels(configured, around),
    watchModels: settings.models.watch,
    preload: settings["preload-models"]["model<N>"],
    preloadNamedBy: configured.origin(["preload-models", "model<N>"]).startsWith("--")
      ? "flag"
      : "config",
    workers: workers || undefined,
    cores,
    threads,
    queueLengthMax: queue_maxsize,
    batching: { batchMax: max_batch, maxDelayMs: max_delay_ms },
    gpu,
    ortLib: resolveOrtLib(configured, around),
    limits: limitsOf(settings),
    ...resolveCallers(configured, around),
    connectionsMax: settings.security.connections_max,
    json: settings.telemetry.json,
  });
}

/** Where models are and which ones are meant, for every command that has to do with models. */
export function resolveModels(configured: Configured, around: Surroundings): ModelOptions {
  const { settings, origin } = configured;
  const { directory, score_threshold } = settings.models;
  if (directory !== undefined) {
    checkIsNoFile(configured, around, origin(["models", "directory"]), directory);
  }
  return deepFrozen({
    directory: directory ?? join(envPaths("smarteye", { suffix: "" }).data, "models"),
    detection: settings["object-detection"]["model<N>"],
    classification: settings["image-classification"]["model<N>"],
    scoreThreshold: score_threshold,
  });
}

/** Where onnxruntime with CUDA is, if anybody says so. */
export function resolveOrtLib(configured: Configured, around: Surroundings): string | undefined {
  const { settings, origin } = configured;
  const { ort_lib } = settings.inference;
  if (ort_lib === undefined) return undefined;
  checkIsNoFile(configured, around, origin(["inference", "ort_lib"]), ort_lib);
  return resolve(around.directory, ort_lib);
}

function failureOf({ forwarder }: Settings): FailureOptions {
  return {
    retryBudget: forwarder.retry_budget,
    hedge: forwarder.hedge,
    slowStartMs: forwarder.slow_start_ms,
    serverRequestsMax: forwarder.server_requests_max,
  };
}

function limitsOf({ security }: Settings): Limits {
  return {
    bodyBytesMax: security.body_bytes_max,
    pixelsMax: security.pixels_max,
    bodyTimeoutMs: security.body_timeout_ms,
    requestsMax: security.requests_max,
  };
}

function monitorIntervalMs({ monitor }: Settings): number {
  return Math.max(1, Math.round(monitor.monitor_interval * 1000));
}
