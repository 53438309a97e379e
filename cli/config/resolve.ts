/** Checked settings → the options that a role takes, frozen. */

import { join, resolve as absolute } from "node:path";
import envPaths from "env-paths";
import type { Limits } from "../../core/limits.ts";
import type { ModelOptions } from "../../models/model_options.ts";
import type { EdgeOptions } from "../../edge/options.ts";
import type { ForwarderOptions } from "../../forwarder/options.ts";
import type { ServeOptions } from "../../inference/options.ts";
import type { Configured } from "./configure.ts";
import { quote } from "./problems.ts";
import type { KeyPath, Settings } from "./schema.ts";
import { resolveSource } from "./source.ts";

/** What options depend on besides the settings. */
export interface Surroundings {
  /** The current directory, which relative paths start from. */
  readonly directory: string;
  /** Processor cores. */
  readonly cores: number;
  /** Milliseconds since the Unix epoch at which the program started. */
  readonly startedAtMs: number;
}

/** Options of `smarteye edge`. Adds to the problems what is wrong with them. */
export function resolveEdge(configured: Configured, around: Surroundings): EdgeOptions {
  const { settings } = configured;
  const edge = settings["edge-setting"];
  checkModule(configured, around, ["edge-setting", "control_policy"], edge.control_policy);
  return freeze({
    source: resolveSource(configured, around.directory),
    intervalMs: edge.interval,
    framesMax: edge.frames,
    service: edge.service,
    controlPolicy: edge.control_policy,
    model: edge.model,
    models: resolveModels(configured, around),
    edgeModels: settings["edge-model"]["model<N>"],
    queueLengthMax: edge.queue_maxsize,
    overflow: edge.overflow,
    offloadsMax: edge.worker_number,
    localWorkers: edge.local_workers || around.cores,
    pendingThreshold: edge.pending_threshold,
    offloadHeight: edge.offload_height,
    jpegQuality: edge.jpeg_quality,
    deadlineMs: edge.deadline_ms,
    onCloudFailure: edge.on_cloud_failure,
    forwarderUrl: settings["flask-url"].video_frame_url,
    monitorIntervalMs: monitorIntervalMs(settings),
    resultsDirectory: resultsDirectory(configured, around),
    images: settings.results.images,
    pixelsMax: settings.security.pixels_max,
    json: settings.telemetry.json,
  });
}

/** Options of `smarteye forward`. */
export function resolveForward(configured: Configured, around: Surroundings): ForwarderOptions {
  const { settings } = configured;
  const { listen, dispatch_policy, deadline_ms } = settings.forwarder;
  checkModule(configured, around, ["forwarder", "dispatch_policy"], dispatch_policy);
  return freeze({
    listen,
    servers: settings["grpc-url"]["url<N>"],
    dispatchPolicy: dispatch_policy,
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
  return freeze({
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
  const { settings } = configured;
  const { directory, score_threshold } = settings.models;
  if (directory !== undefined) {
    checkDirectory(configured, around, ["models", "directory"], directory);
  }
  return freeze({
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
  const { problems, settings: { results } } = configured;
  const out = configured.typed.get("--out");
  if (out !== undefined) {
    if (out === "") problems.add({ where: "--out", found: "nothing", wanted: "a directory" });
    else checkIsNoFile(configured, around, "--out", out);
    return out;
  }
  checkDirectory(configured, around, ["results", "directory"], results.directory);
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

/** A policy that is named by a path must be there; whether a name is registered the role knows. */
function checkModule(configured: Configured, around: Surroundings, at: KeyPath, policy: string) {
  const isPath = /[\\/]|\.[cm]?[jt]s$/.test(policy) && !/^[a-z][a-z0-9+.-]+:/i.test(policy);
  if (!isPath || statOf(around, policy)?.isFile) return;
  configured.problems.add({
    where: configured.origin(at),
    found: `no file ${quote(policy)}`,
    wanted: "the name of a policy or the path of a module that exists",
  });
}

function checkDirectory(configured: Configured, around: Surroundings, at: KeyPath, path: string) {
  checkIsNoFile(configured, around, configured.origin(at), path);
}

/** A directory may be missing, since it is made when needed; but a file in its place is wrong. */
function checkIsNoFile(configured: Configured, around: Surroundings, where: string, path: string) {
  const stat = statOf(around, path);
  if (!stat || stat.isDirectory) return;
  configured.problems.add({ where, found: `the file ${quote(path)}`, wanted: "a directory" });
}

function statOf(around: Surroundings, path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(absolute(around.directory, path));
  } catch {
    return undefined; // not there, or not to be seen: either way it is not what was meant
  }
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.values(Object.freeze(value)).forEach(freeze);
  }
  return value;
}
