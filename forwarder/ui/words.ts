/** Numbers as people read them on pages. */

/** Between a number and its unit, which stay on one line. */
const GAP = "\u00a0";

/** Nothing is known, or there is nothing. */
export const NONE = "–";

/** Bytes, with a unit of thousands: `1.2 MB`. */
export function bytes(count: number): string {
  return scaled(count, ["B", "kB", "MB", "GB", "TB"]);
}

/** A count that may be large: `12.3 k`. */
export function many(count: number): string {
  return count < 10_000 ? String(count) : scaled(count, ["", "k", "M", "G"]);
}

function scaled(count: number, units: readonly string[]): string {
  const last = units.length - 1;
  const power = count < 1000 ? 0 : Math.min(last, Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(value < 10 ? 1 : 0)}${GAP}${units[power]}`.trim();
}

/** Milliseconds, as exactly as it matters: `7.4 ms`, `182 ms`, `2.3 s`. */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return NONE;
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)}${GAP}s`;
  return `${ms.toFixed(ms < 10 ? 1 : 0)}${GAP}ms`;
}

/** How often a second. */
export function rate(perSec: number): string {
  if (perSec === 0) return "0";
  return perSec < 0.1 ? perSec.toFixed(2) : perSec < 100 ? perSec.toFixed(1) : perSec.toFixed(0);
}

/** A share, 0 to 1: `67 %`. */
export function percent(share: number | undefined): string {
  return share === undefined ? NONE : `${Math.round(100 * share)}${GAP}%`;
}

/** Seconds in the two largest units of time: `3 h 12 min`. */
export function time(seconds: number): string {
  const s = Math.floor(seconds);
  if (s < 60) return `${s} s`;
  const [minutes, hours, days] = [Math.floor(s / 60), Math.floor(s / 3600), Math.floor(s / 86_400)];
  if (hours === 0) return `${minutes} min ${s % 60} s`;
  if (days === 0) return `${hours} h ${minutes % 60} min`;
  return `${days} d ${hours % 24} h`;
}

/** How long ago. */
export function ago(seconds: number | undefined): string {
  if (seconds === undefined) return "never";
  return seconds < 2 ? "now" : `${time(seconds)} ago`;
}

/** The code of an error in words: `deadline_exceeded` as `deadline exceeded`. */
export function reason(code: string): string {
  return code.replaceAll("_", " ");
}

/** Counts by reason, the most frequent first: `12 rate limited, 1 not found`. */
export function reasons(counts: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(counts).map(([code, count = 0]) => [code, count] as const)
    .sort((a, b) => b[1] - a[1]).map(([code, count]) => `${many(count)} ${reason(code)}`).join(
      ", ",
    );
}

/** All of them together. */
export function sumOf(counts: Readonly<Record<string, number | undefined>>): number {
  return Object.values(counts).reduce((sum: number, count = 0) => sum + count, 0);
}
