/** What a server does with more than it can carry. */

import type { Measured } from "./job.ts";
import { measure, type Plan } from "./run.ts";
import type { Arrivals } from "./schedule.ts";
import { coresOf } from "./share.ts";
import { shareEarly, shareInTime, type Summary } from "./summary.ts";
import { digits, percent, table } from "./table.ts";
import type { Target } from "./target.ts";

/** Multiples of the capacity that are offered. */
export const MULTIPLES: readonly number[] = [1, 1.5, 2, 3];

/** Least share of the accepted requests that are answered in time. */
const IN_TIME_MIN = 0.999;

/** Least share of the peak that the goodput keeps. */
const GOODPUT_MIN = 0.95;

/** Least share of the refusals that are early. */
const EARLY_MIN = 0.99;

/** How the load is offered. */
export interface OverloadOptions {
  /** Requests under way while the capacity is looked for. */
  readonly inFlight: number;
  /** Times that it is looked for: what others do on the machine only lowers it, so the greatest counts. */
  readonly rounds: number;
  readonly arrivals: Arrivals;
  readonly seed: number;
  /** The multiple of the capacity at which a server must stand. */
  readonly at: number;
}

/** What a server did with a multiple of the capacity. */
export interface Step {
  readonly server: Target["name"];
  readonly multiple: number;
  readonly measured: Measured;
}

/** All that was offered. */
export interface Overload {
  readonly model: string;
  /** What the first server gives in a closed loop, requests a second: what the multiples are of. */
  readonly capacity: number;
  readonly steps: readonly Step[];
}

/** Finds the first server's capacity, and offers multiples of it to all, each in turn. */
export async function overload(
  targets: readonly Target[],
  model: string,
  plan: Plan,
  { inFlight, rounds, arrivals, seed, at }: OverloadOptions,
  cores: number,
): Promise<Overload> {
  const patient = { ...plan, deadlineMs: 10_000 };
  const closed = (target: Target, inFlight: number) =>
    measure(target, model, { kind: "closed", inFlight }, patient);
  let capacity = 0;
  for (let i = 0; i < rounds; i++) {
    capacity = Math.max(capacity, (await closed(targets[0]!, inFlight)).throughput);
  }
  const queueMs = new Map<Target, number>();
  for (const target of targets) {
    // What is told how long a request may wait must leave time to work at it: as long as nearly all
    // take when nothing waits.
    const { latencyMs } = await closed(target, cores);
    queueMs.set(target, Math.max(1, plan.deadlineMs - latencyMs.p99!));
  }
  const multiples = [...new Set([...MULTIPLES, at])].sort((a, b) => a - b);
  const steps: Step[] = [];
  for (const multiple of multiples) {
    const load = { kind: "open", perSec: multiple * capacity, arrivals, seed } as const;
    for (const target of targets) {
      const measured = await measure(target, model, load, plan, queueMs.get(target));
      steps.push({ server: target.name, multiple, measured });
    }
  }
  return { model, capacity, steps };
}

/** The steps of one server, as a table. */
export function overloadTable({ model, capacity, steps }: Overload): string {
  const head = [
    ...[model, "offered", "accepted", "in time", "goodput", "refused", "early", "p99 refused ms"],
    ...[
      "p50 ms",
      "p99 ms",
      "expired",
      "errors",
      "cores: server",
      "generator",
      "others",
      "sent late p99 ms",
    ],
  ];
  const rows = steps.map(({ server, multiple, measured }) => {
    const { refused, latencyMs, lateMs, errors, serverSec, generatorSec, othersSec } = measured;
    const refusals = Object.values(refused).map((one) => one.latencyMs.p99 ?? 0);
    return [
      `${server} ${multiple}×`,
      digits(multiple * capacity, 1),
      String(measured.accepted),
      percent(shareInTime(measured), 2),
      digits(measured.goodput, 1),
      String(measured.offered - measured.accepted),
      percent(shareEarly(measured), 1),
      digits(refusals.length === 0 ? null : Math.max(...refusals), 1),
      digits(latencyMs.p50, 0),
      digits(latencyMs.p99, 0),
      String(measured.expired),
      Object.entries(errors).map(([status, count]) => `${status} ${count}`).join(", ") || "0",
      digits(coresOf(serverSec, measured), 2),
      digits(coresOf(generatorSec, measured), 2),
      digits(coresOf(othersSec, measured), 2),
      digits(lateMs.p99, 1),
    ];
  });
  return table(head, rows);
}

/** What is asked of a server at a multiple of its capacity, and whether it is so. */
export interface Verdict {
  readonly what: string;
  readonly isKept: boolean;
}

/**
 * Judges the first server at the multiple `at`. Its goodput's peak is over all that was offered, of the
 * cores that the generator leaves.
 */
export function judge({ steps }: Overload, at: number, cores: number): Verdict[] {
  const own = steps.filter(({ server }) => server === steps[0]!.server);
  // Who offers more takes more of the same cores.
  const perCore = (measured: Measured) =>
    measured.goodput / (cores - coresOf(measured.generatorSec, measured));
  const peak = Math.max(...own.map(({ measured }) => perCore(measured)));
  const there = own.find(({ multiple }) => multiple === at)!.measured;
  const others = steps.filter(({ server, multiple }) =>
    server !== steps[0]!.server && multiple === at
  );
  return [
    verdict("of the accepted in time", shareInTime(there), IN_TIME_MIN, 2),
    verdict("of the goodput's peak, a core", perCore(there) / peak, GOODPUT_MIN, 1),
    verdict("of the refusals within 20 ms", shareEarly(there), EARLY_MIN, 1),
    ...others.map(({ server, measured }) =>
      verdict(`of ${server}'s goodput`, there.goodput / measured.goodput, 1, 1)
    ),
    failures(there),
  ];
}

function verdict(what: string, share: number, least: number, count: number): Verdict {
  const wanted = `${percent(least, count)} is wanted`;
  return { what: `${percent(share, count)} ${what}, ${wanted}`, isKept: share >= least };
}

function failures({ errors }: Pick<Summary, "errors">): Verdict {
  const count = Object.values(errors).reduce((sum, one) => sum + one, 0);
  return { what: `${count} errors, 0 are wanted`, isKept: count === 0 };
}
