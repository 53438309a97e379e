/** How fast servers are beside the limit, in rounds. */

import { percentile } from "../../core/rolling_window.ts";
import { runApart } from "./child.ts";
import {
  type Limit,
  type LimitJob,
  limitMs,
  type Load,
  type Measured,
  type Stages,
} from "./job.ts";
import { measure, type Plan } from "./run.ts";
import { coresOf, cpuMsEach, shareOfLimit, shareUndisturbed } from "./share.ts";
import { digits, spreadOf, table } from "./table.ts";
import type { Target } from "./target.ts";

/** One round: the limit, and each server in turn. */
export interface Round {
  /** On one thread, the other cores being idle. */
  readonly limit: Limit;
  /** In as many processes at once as there are cores, each on one thread: their mean. */
  readonly limitBusy: Stages;
  readonly servers: Readonly<Partial<Record<Target["name"], Measured>>>;
}

/** Measures one round. */
export async function round(
  targets: readonly Target[],
  job: LimitJob,
  load: Load,
  plan: Plan,
  cores: number,
): Promise<Round> {
  const limit = await runApart<Limit>("limit.ts", job);
  const busy = await Promise.all(
    Array.from({ length: cores }, () => runApart<Limit>("limit.ts", job)),
  );
  const mean = (stage: keyof Stages) =>
    busy.reduce((sum, one) => sum + one[stage], 0) / busy.length;
  const servers: Partial<Record<Target["name"], Measured>> = {};
  for (const target of targets) servers[target.name] = await measure(target, job.model, load, plan);
  return {
    limit,
    limitBusy: {
      decodeMs: mean("decodeMs"),
      scaleMs: mean("scaleMs"),
      networkMs: mean("networkMs"),
    },
    servers,
  };
}

/** Cores that others used at most while one of the figures of a round was measured. */
export function disturbance({ limit, servers }: Pick<Round, "limit" | "servers">): number {
  const cores = Object.values(servers).map((measured) => coresOf(measured.othersSec, measured));
  return Math.max(limit.othersCores, ...cores);
}

/** All rounds of a model, as two tables: the limit, and the servers. */
export function speedTables(model: string, rounds: readonly Round[], cores: number): string {
  const limitRow = (name: string, pick: (round: Round) => Stages) => {
    const of = (value: (limit: Stages) => number) => rounds.map((one) => value(pick(one)));
    return [
      name,
      spreadOf(of(({ decodeMs }) => decodeMs), 2),
      spreadOf(of(({ scaleMs }) => scaleMs), 2),
      spreadOf(of(({ networkMs }) => networkMs), 2),
      spreadOf(of(limitMs), 2),
      spreadOf(of((limit) => cores * 1000 / limitMs(limit)), 1),
    ];
  };
  const limits = table(
    [model, "decode CPU ms", "scale", "session.run", "together", `${cores} cores: requests/s`],
    [
      limitRow("limit: one thread", ({ limit }) => limit),
      limitRow(`the same ${cores} times at once`, ({ limitBusy }) => limitBusy),
    ],
  );
  const names = Object.keys(rounds[0]!.servers) as Target["name"][];
  return `${limits}\n\n${table(HEAD, names.map((name) => serverRow(name, rounds, cores)))}`;
}

const HEAD = [
  ...["", "requests/s", "in time/s", "share of the limit", "of the busy limit"],
  ...["others taken off", "p50 ms", "p95 ms", "p99 ms", "refused", "expired", "errors"],
  ...["CPU ms each", "generator's", "cores: generator", "others", "reply bytes"],
];

function serverRow(name: Target["name"], rounds: readonly Round[], cores: number): string[] {
  const all = rounds.map((one) => ({ ...one, measured: one.servers[name]! }));
  const middle = (of: (measured: Measured) => number | null) =>
    percentile(all.flatMap(({ measured }) => of(measured) ?? []), 50);
  const sum = (of: (measured: Measured) => number) =>
    String(all.reduce((total, { measured }) => total + of(measured), 0));
  const shares = (share: (round: typeof all[number]) => number) => spreadOf(all.map(share), 2);
  return [
    name,
    spreadOf(all.map(({ measured }) => measured.throughput), 1),
    digits(middle(({ goodput }) => goodput), 1),
    shares(({ measured, limit }) => shareOfLimit(measured, limitMs(limit), cores)),
    shares(({ measured, limitBusy }) => shareOfLimit(measured, limitMs(limitBusy), cores)),
    shares(({ measured, limit }) => shareUndisturbed(measured, limitMs(limit), cores)),
    digits(middle(({ latencyMs }) => latencyMs.p50), 1),
    digits(middle(({ latencyMs }) => latencyMs.p95), 1),
    digits(middle(({ latencyMs }) => latencyMs.p99), 1),
    sum(({ offered, accepted }) => offered - accepted),
    sum(({ expired }) => expired),
    sum(({ errors }) => Object.values(errors).reduce((total, count) => total + count, 0)),
    digits(middle((measured) => cpuMsEach(measured.serverSec, measured)), 2),
    digits(middle((measured) => cpuMsEach(measured.generatorSec, measured)), 2),
    digits(middle((measured) => coresOf(measured.generatorSec, measured)), 2),
    digits(middle((measured) => coresOf(measured.othersSec, measured)), 2),
    digits(middle(({ replyBytes }) => replyBytes), 0),
  ];
}
