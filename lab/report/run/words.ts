/** Times and counts as people read them. */

import { NOTHING } from "../numbers.ts";

/** `1 frame`, `12 345 frames`. */
export function countOf(count: number, one: string, several: string): string {
  return `${grouped(count)} ${count === 1 ? one : several}`;
}

/** Digits in threes, with a space that is not broken: `1 234 567`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** A time of day: `2026-01-31 16:45:00 UTC`. */
export function timeOf(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15
    ? `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`
    : NOTHING;
}

/** A duration: `8.4 s`, `12 min 5 s`, `3 h 20 min`, `2 days 4 h`. */
export function durationOf(seconds: number): string {
  if (!Number.isFinite(seconds)) return NOTHING;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [minutes, hours] = [Math.floor(whole / 60), Math.floor(whole / 3600)];
  if (whole < 3600) return `${minutes} min ${whole % 60} s`;
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

/** How long a bar stands for, which is a round number: `0.2 s`, `5 min`, `6 h`, `7 days`. */
export function stepOf(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${seconds / 60} min`;
  return seconds < 86_400 ? `${seconds / 3600} h` : countOf(seconds / 86_400, "day", "days");
}
