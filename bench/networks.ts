/**
 * What generated networks are like beside recorded ones: `deno task bench:networks [DIR]`, of traces of
 * Mahimahi's form. Prints a table in Markdown, as it stands in `docs/lab.md`.
 */

import { join } from "node:path";
import { percentile } from "../core/rolling_window.ts";
import { CELLULAR } from "../lab/network/cellular.ts";
import { openNetwork } from "../lab/network/network.ts";

/** Milliseconds of a window. */
const WINDOW_MS = 100;

/** Seconds that a generated network is looked at: all of it, then it begins anew. */
const GENERATED_S = 600;

/** Windows between those that are correlated: 0.1, 1 and 5 seconds. */
const LAGS = [1, 10, 50];

const DIRECTORY = Deno.args[0] ??
  (Deno.env.get("SMARTEYE_TEST_DATA") ? join(Deno.env.get("SMARTEYE_TEST_DATA")!, "network") : ".");

/** Bits a second in each window, millions. */
function rates(spec: string, way: "up" | "down", seconds: number): readonly number[] {
  const { bytesUntil } = openNetwork(spec, DIRECTORY)[way].capacity;
  return Array.from({ length: Math.floor(seconds * 1000 / WINDOW_MS) }, (_, i) => {
    const bytes = bytesUntil((i + 1) * WINDOW_MS) - bytesUntil(i * WINDOW_MS);
    return bytes * 8 / WINDOW_MS / 1000;
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of windows that are so far from each other. */
function autocorrelation(values: readonly number[], lag: number): number {
  const middle = mean(values);
  let [both, all] = [0, 0];
  for (const [i, value] of values.entries()) {
    all += (value - middle) ** 2;
    if (i >= lag) both += (value - middle) * (values[i - lag]! - middle);
  }
  return both / all;
}

function row(name: string, way: "up" | "down", seconds: number): string {
  const values = rates(name, way, seconds);
  const middle = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
  const cells = [
    ...[`\`${name}\``, way, seconds.toFixed(0), middle.toFixed(2)],
    ...[10, 50, 90].map((p) => percentile(values, p)!.toFixed(2)),
    (deviation / middle).toFixed(2),
    ...LAGS.map((lag) => autocorrelation(values, lag).toFixed(2)),
    `${(100 * values.filter((value) => value < 1e-9).length / values.length).toFixed(1)} %`,
  ];
  return `| ${cells.join(" | ")} |`;
}

/** Seconds of a trace, until it begins anew. */
async function secondsOf(trace: string, way: string): Promise<number> {
  const text = await Deno.readTextFile(join(DIRECTORY, `${trace}.${way}`));
  return Number(text.trimEnd().split("\n").at(-1)) / 1000;
}

const heads = [
  ...["network", "way", "s", "mean", "p10", "p50", "p90", "CV", "r 0.1 s", "r 1 s", "r 5 s"],
  "silent",
];
console.log(`| ${heads.join(" | ")} |\n| ${heads.map(() => "---").join(" | ")} |`);
const traces = [...Deno.readDirSync(DIRECTORY)].map(({ name }) => name)
  .filter((name) => name.endsWith(".up")).map((name) => name.replace(/\.up$/, "")).sort();
for (const way of ["up", "down"] as const) {
  for (const kind of Object.keys(CELLULAR)) console.log(row(kind, way, GENERATED_S));
  for (const trace of traces) console.log(row(trace, way, await secondsOf(trace, way)));
}
