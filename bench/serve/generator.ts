/**
 * The load generator, a process of its own: reads a {@link Job} on stdin, prints what it
 * {@link Measured}. It sends one message, encoded before, and decodes no answer.
 */

import process from "node:process";
import { systemClock } from "../../core/clock.ts";
import { seededRng } from "../../core/rng.ts";
import { Caller } from "./caller.ts";
import { machineCpuMs, processCpuMs } from "./cpu.ts";
import type { CpuUse, Job, Load, Measured } from "./job.ts";
import { arrivals } from "./schedule.ts";
import { type Call, isRefusal, summarise } from "./summary.ts";

/** A call that is lost altogether ends after its deadline and this, in milliseconds. */
const GRACE_MS = 2000;

/** Milliseconds before who keeps so many calls under way tries again after a refusal. */
const PAUSE_MS = 5;

/** Keeps so many calls under way until `untilMs`. */
async function closed(caller: Caller, inFlight: number, untilMs: number): Promise<void> {
  await Promise.all(Array.from({ length: inFlight }, async () => {
    for (let nowMs = performance.now(); nowMs < untilMs; nowMs = performance.now()) {
      const { status } = await caller.call(nowMs);
      if (isRefusal(status)) await systemClock.sleep(PAUSE_MS);
    }
  }));
}

/** Calls at their times from `beganAtMs` until `untilMs`; resolves when all have ended. */
async function open(
  caller: Caller,
  load: Extract<Load, { kind: "open" }>,
  beganAtMs: number,
  untilMs: number,
): Promise<void> {
  const underWay = new Set<Promise<Call>>();
  const { arrivals: kind, perSec, seed } = load;
  let failed: unknown;
  for (const dueMs of arrivals(kind, perSec, untilMs - beganAtMs, seededRng(seed))) {
    const dueAtMs = beganAtMs + dueMs;
    const leftMs = dueAtMs - performance.now();
    if (leftMs > 0) await systemClock.sleep(leftMs);
    const call = caller.call(dueAtMs);
    underWay.add(call);
    call.then(() => underWay.delete(call), (error) => failed ??= error);
    if (failed) throw failed;
  }
  await Promise.all(underWay);
}

/** CPU time from one instant to another. */
async function cpuBetween(pid: number, fromMs: number, untilMs: number): Promise<CpuUse> {
  await systemClock.sleep(fromMs - performance.now());
  const read = () => {
    const { user, system } = process.cpuUsage();
    return {
      atMs: performance.now(),
      serverMs: processCpuMs(pid),
      generatorMs: (user + system) / 1000,
      machineMs: machineCpuMs(),
    };
  };
  const begin = read();
  await systemClock.sleep(untilMs - performance.now());
  const end = read();
  const serverSec = (end.serverMs - begin.serverMs) / 1000;
  const generatorSec = (end.generatorMs - begin.generatorMs) / 1000;
  const machineSec = (end.machineMs - begin.machineMs) / 1000;
  return {
    windowSec: (end.atMs - begin.atMs) / 1000,
    serverSec,
    generatorSec,
    othersSec: Math.max(0, machineSec - serverSec - generatorSec),
  };
}

async function measure(job: Job): Promise<Measured> {
  const { load, warmUpMs, durationMs, deadlineMs } = job;
  const caller = await Caller.open(job, await Deno.readFile(job.message));
  const beganAtMs = performance.now();
  const fromMs = beganAtMs + warmUpMs;
  const untilMs = fromMs + durationMs;
  const cpu = cpuBetween(job.pid, fromMs, untilMs);
  const loaded = load.kind === "closed"
    ? closed(caller, load.inFlight, untilMs)
    : open(caller, load, beganAtMs, untilMs);
  const latestMs = warmUpMs + durationMs + deadlineMs + GRACE_MS;
  const over = new AbortController();
  const lost = systemClock.sleep(latestMs, over.signal).then(() => {
    if (!over.signal.aborted) throw new Error(`calls did not end within their deadline`);
  });
  await Promise.race([loaded, lost]);
  over.abort();
  caller.close();
  // Of a closed loop what ended in the window counts, else its last calls would always be missing.
  const counts = ({ dueAtMs, endedAtMs }: Call) => {
    const atMs = load.kind === "closed" ? endedAtMs : dueAtMs;
    return atMs >= fromMs && atMs < untilMs;
  };
  const windowMs = durationMs;
  return { ...summarise(caller.calls.filter(counts), { deadlineMs, windowMs }), ...await cpu };
}

const job: Job = JSON.parse(await new Response(Deno.stdin.readable).text());
console.log(JSON.stringify(await measure(job)));
Deno.exit(0);
