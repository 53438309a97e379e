/** Plays the video for one contestant after the other: a real edge each, all with the same cloud. */

import { join } from "node:path";
import { isSmarteyeError, SmarteyeError } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import type { RoleDeps } from "../../core/role.ts";
import type { Contestant } from "../../lab/live/comparison.ts";
import { SelfProcess, type Stderr } from "../demo/processes.ts";
import { TimeLeft } from "../lab/time_left.ts";
import type { Checked } from "./check.ts";
import type { CompareOptions } from "./options.ts";

const log = logger("compare");

/** Milliseconds between two looks at how far a run is. */
const LOOK_MS = 200;

/** Milliseconds until an edge reads its first frame: it measures its models at the first start. */
const START_MS = 180_000;

/** Milliseconds that an edge is played beyond the end that is wanted: a frame may come a little late. */
const BEYOND_MS = 300;

/** Milliseconds after the end of the video by which an edge has ended, or hangs. */
const OVERTIME_MS = 60_000;

/** What came of playing one. */
export interface PlayedRun {
  /** Who was played. */
  readonly contestant: Contestant;
  /** The results that its edge wrote. */
  readonly results: string;
  /** Why it was not played to its end. */
  readonly failure: string | undefined;
}

/** What each edge may differ in from what the config says, so that all are played alike. */
const EDGE_ENVIRONMENT = {
  SMARTEYE_EDGE_SETTING_LOOP: "false",
  // One contestant's bytes are not to be another's.
  SMARTEYE_EDGE_SETTING_ALLOWANCE_MB: "0",
};

/**
 * Starts a cloud, unless there is one, and plays the video for each contestant. All processes have ended
 * when it returns or throws.
 *
 * @throws {SmarteyeError} `failed_precondition` when the cloud cannot be started, `cancelled` when the
 * user does not want any more.
 */
export async function playAll(
  options: CompareOptions,
  checked: Checked,
  deps: RoleDeps,
): Promise<readonly PlayedRun[]> {
  const { clock, drain, progress } = deps;
  const started: SelfProcess[] = [];
  const common = commonFlags(options, progress === undefined);
  const stderr: Stderr = options.logLevel === "debug" ? "inherit" : "keep";
  const start: Start = (name, args, environment) => {
    const process = new SelfProcess(name, [...args, ...common], stderr, clock, environment);
    started.push(process);
    return process;
  };
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {}); // raced below
  const stop = () => stopped.reject(new SmarteyeError("cancelled", "the comparison was stopped"));
  drain.addEventListener("abort", stop, { once: true });
  if (drain.aborted) stop();
  try {
    const forwarder = options.forwarder ??
      await Promise.race([startCloud(options, start, deps), stopped.promise]);
    const runs: PlayedRun[] = [];
    const seconds = Math.min(options.seconds, checked.video.seconds ?? Infinity);
    const left = new TimeLeft(clock);
    for (const [i, contestant] of checked.contestants.entries()) {
      const { name } = contestant;
      const count = checked.contestants.length;
      const show = (playedS: number) => {
        const done = Math.round(i * seconds + Math.min(playedS, seconds));
        const all = left.line(done, Math.round(count * seconds), "seconds played");
        progress?.(`${name} (${i + 1} of ${count}): ${all}`);
      };
      const run = play({ ...options, forwarder }, contestant, seconds, start, show, deps);
      runs.push(await Promise.race([run, stopped.promise]));
    }
    return runs;
  } finally {
    drain.removeEventListener("abort", stop);
    for (const process of started.reverse()) await process.stop();
  }
}

type Start = (
  name: string,
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
) => SelfProcess;

/** What all processes are told. */
function commonFlags({ config, logLevel }: CompareOptions, isQuiet: boolean): string[] {
  const flags = ["--json", "--log-level", logLevel];
  if (isQuiet) flags.push("--quiet");
  if (config !== undefined) flags.push(`--config=${config}`);
  return flags;
}

/** Starts a server and a forwarder before it; returns where frames are sent. */
async function startCloud(
  { models }: CompareOptions,
  start: Start,
  { progress }: RoleDeps,
): Promise<string> {
  progress?.("starting an inference server and a forwarder");
  // Where every contestant has its model, no other is needed.
  const needed = models.length > 0 ? ["--models", [...new Set(models)].join(",")] : [];
  const listen = ["--listen", "127.0.0.1:0"];
  const server = start("the server", ["serve", ...listen, ...needed]);
  const address = await server.listenAddress();
  const forwarder = start("the forwarder", ["forward", ...listen, "--servers", address]);
  return `http://${await forwarder.listenAddress()}/image_handler`;
}

async function play(
  options: CompareOptions & { readonly forwarder: string },
  contestant: Contestant,
  seconds: number,
  start: Start,
  show: (playedS: number) => void,
  deps: RoleDeps,
): Promise<PlayedRun> {
  const { name } = contestant;
  const out = join(options.out, name);
  const results = join(out, "results.jsonl");
  show(0);
  const edge = start(`the edge of ${name}`, edgeArguments(options, contestant, out), {
    ...EDGE_ENVIRONMENT,
    SMARTEYE_EDGE_SETTING_DEADLINE_MS: String(options.deadlineMs),
  });
  try {
    await awaitEnd(edge, results, seconds, show, deps);
    return { contestant, results, failure: undefined };
  } catch (error) {
    if (!isSmarteyeError(error)) throw error;
    const failure = reasonIn(error.message);
    if (!deps.drain.aborted) log.warn("{name} failed: {failure}", { name, failure });
    return { contestant, results, failure };
  } finally {
    await edge.stop();
  }
}

/** Of all that a process said at last, why it failed. */
function reasonIn(message: string): string {
  return /^error: (.*)$/m.exec(message)?.[1] ?? message.replace(/\s+/g, " ");
}

function edgeArguments(
  options: CompareOptions & { readonly forwarder: string },
  { policy, model }: Contestant,
  out: string,
): string[] {
  const { video, network, forwarder, intervalMs, seed, records } = options;
  return [
    ...["edge", "--file", video, "--realtime", "--service", "detection", "--policy", policy],
    ...["--interval", String(intervalMs), "--frames", "0", "--seed", String(seed)],
    ...["--forwarder", forwarder, "--out", out, "--images", "none"],
    ...model === null ? [] : ["--model", model],
    ...network === undefined ? [] : ["--emulate-network", network],
    // Where the config has one place for it, each would find what another left there.
    ...records ? ["--record", `${out}.decisions`] : [],
  ];
}

/**
 * Waits until an edge has ended, and has it end when it has played so many seconds.
 *
 * @throws {SmarteyeError} when it fails, or neither begins nor ends when it should.
 */
async function awaitEnd(
  edge: SelfProcess,
  results: string,
  seconds: number,
  show: (playedS: number) => void,
  { clock }: RoleDeps,
): Promise<void> {
  const over = new AbortController();
  const ended = edge.ended().finally(() => over.abort());
  const startedAtMs = clock.nowMs();
  let readsSinceMs: number | undefined;
  let isInterrupted = false;
  while (!over.signal.aborted) {
    await clock.sleep(LOOK_MS, over.signal);
    const nowMs = clock.nowMs();
    readsSinceMs ??= await beginning(results, clock);
    if (readsSinceMs === undefined) {
      if (nowMs - startedAtMs > START_MS) throw hangs(`no frame came in ${START_MS / 1000} s`);
      continue;
    }
    const playedMs = clock.epochMs() - readsSinceMs;
    show(playedMs / 1000);
    if (!isInterrupted && playedMs > 1000 * seconds + BEYOND_MS) {
      isInterrupted = true;
      edge.interrupt();
    }
    if (playedMs > 1000 * seconds + OVERTIME_MS) throw hangs("it does not end");
  }
  if (await ended === 0) return;
  // Where the video ended at that moment, there was nobody left to hear that it was to end.
  if (isInterrupted && await hasFinished(edge)) return;
  throw await edge.failure("it failed");
}

/** Whether an edge that has ended had all its results written: it tells a summary then, without an error. */
async function hasFinished(edge: SelfProcess): Promise<boolean> {
  try {
    return JSON.parse(await edge.nextLine()).error === undefined;
  } catch {
    return false; // it ended without one
  }
}

function hangs(found: string): SmarteyeError {
  return new SmarteyeError("failed_precondition", `Cannot run the edge: ${found}`);
}

/** When an edge began to read, by the first line of its results; `undefined` until it does. */
async function beginning(
  results: string,
  clock: RoleDeps["clock"],
): Promise<number | undefined> {
  const size = await Deno.stat(results).then((stat) => stat.size, () => 0);
  return size > 0 ? clock.epochMs() : undefined;
}
