/** Checked settings → the options that a role takes, frozen. */

import { join } from "node:path";
import envPaths from "env-paths";
import { deepFrozen } from "../../core/deep_frozen.ts";
import type { Limits } from "../../core/limits.ts";
import { CAPTURE_DEFAULTS } from "../../edge/capture/open_source.ts";
import type { EdgeOptions } from "../../edge/options.ts";
import type { ForwarderOptions } from "../../forwarder/options.ts";
import type { ServeOptions } from "../../inference/options.ts";
import type { ModelOptions } from "../../models/model_options.ts";
import type { Configured } from "./configure.ts";
import { nameOf, OUT_FLAG } from "./flag.ts";
import { checkControlPolicy, checkDispatchPolicy, checkIsNoFile, statOf } from "./paths.ts";
import { checkControlSections, checkDispatchSections, givenParameters } from "./policy_sections.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Settings } from "./settings.ts";
import { requireSource } from "./source.ts";

/**
 * Options of `smarteye edge`. Adds to the problems what is wrong with them.
 *
 * @param sourceOf what is read; by default, nothing to read is a problem.
 */
export function resolveEdge(
  configured: Configured,
  around: Surroundings,
  sourceOf = requireSource,
): EdgeOptions {
  const { settings } = configured;
  const edge = settings["edge-setting"];
  checkControlPolicy(configured, around);
  checkControlSections(configured);
  return deepFrozen({
    sources: [{
      ...CAPTURE_DEFAULTS,
      name: "camera",
      source: sourceOf(configured, around.directory),
      pixelsMax: settings.security.pixels_max,
      intervalMs: edge.interval,
      framesMax: edge.frames,
      controlPolicy: edge.control_policy,
      overflow: edge.overflow,
      resultsDirectory: resultsDirectory(configured, around),
      images: settings.results.images ? "all" : "none",
    }],
    service: edge.service,
    model: edge.model,
    models: resolveModels(configured, around),
    edgeModels: settings["edge-model"]["model<N>"],
    queueLengthMax: edge.queue_maxsize,
    offloadsMax: edge.worker_number,
    localWorkers: edge.local_workers || around.cores,
    policyParameters: givenParameters(configured),
    seed: edge.seed,
    decisionMs: edge.decision_ms,
    offloadHeight: edge.offload_height,
    jpegQuality: edge.jpeg_quality,
    deadlineMs: edge.deadline_ms,
    onCloudFailure: edge.on_cloud_failure,
    forwarderUrl: settings["flask-url"].video_frame_url,
    monitorIntervalMs: monitorIntervalMs(settings),
    overwrite: false,
    metrics: settings.telemetry.metrics,
    json: settings.telemetry.json,
  });
}

/** Options of `smarteye forward`. */
export function resolveForward(configured: Configured, around: Surroundings): ForwarderOptions {
  const { settings } = configured;
  const { listen, dispatch_policy, decision_ms, deadline_ms } = settings.forwarder;
  checkDispatchPolicy(configured, around);
  checkDispatchSections(configured);
  return deepFrozen({
    listen,
    servers: settings["grpc-url"]["url<N>"],
    dispatchPolicy: dispatch_policy,
    policyParameters: givenParameters(configured),
    decisionMs: decision_ms,
    monitorIntervalMs: monitorIntervalMs(settings),
    deadlineMs: deadline_ms,
    limits: limitsOf(settings),
    json: settings.telemetry.json,
  });
}

/** Options of `smarteye serve`. */
export function resolveServe(configured: Configured, around: Surroundings): ServeOptions {
  const { settings } = configured;
  const { listen, workers, threads, queue_maxsize, gpu } = settings.inference;
  return deepFrozen({
    listen,
    models: resolveModels(configured, around),
    preload: settings["preload-models"]["model<N>"],
    preloadNamedBy: configured.origin(["preload-models", "model<N>"]).startsWith("--")
      ? "flag"
      : "config",
    workers: workers || around.cores,
    threads,
    queueLengthMax: queue_maxsize,
    gpu,
    limits: limitsOf(settings),
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

/** `--out` as it stands, else a directory named by the start time, so that no run hides another. */
function resultsDirectory(configured: Configured, around: Surroundings): string {
  const { results } = configured.settings;
  const out = configured.flag(OUT_FLAG);
  if (out !== undefined) {
    checkIsNoFile(configured, around, nameOf(OUT_FLAG), out);
    return out;
  }
  const where = configured.origin(["results", "directory"]);
  checkIsNoFile(configured, around, where, results.directory);
  const named = join(results.directory, timeName(new Date(around.startedAtMs)));
  // A run that takes less than a second may be followed by one of the same name.
  let free = named;
  for (let n = 2; n < 1000 && statOf(around, free); n++) free = `${named}_${n}`;
  return free;
}

/** Local time as `YYYY-MM-DD_HH-MM-SS`: sorts by time and is a file name everywhere. */
function timeName(time: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${day}_${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join("-")}`;
}
