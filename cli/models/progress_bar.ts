/** How far a download is, as one line. */

import cliProgress from "cli-progress";
import type { Clock } from "../../core/clock.ts";
import type { PullProgress } from "../../models/pull/transfer.ts";
import { byteSize } from "../table.ts";

/** Characters of the bar. */
const BAR_SIZE = 24;

/** Milliseconds over which the rate is told: it should follow the line, yet be readable. */
const WINDOW_MS = 5000;

/** The part of cli-progress that is used: the bar as text, without its own terminal handling. */
const format: {
  BarFormat(share: number, options: BarOptions): string;
  TimeFormat(seconds: number, options: BarOptions, roundToMultipleOf?: number): string;
} = cliProgress.Format;

interface BarOptions {
  readonly barsize: number;
  readonly barCompleteString: string;
  readonly barIncompleteString: string;
  readonly barGlue: string;
  readonly autopaddingChar: string;
}

const OPTIONS: BarOptions = {
  barsize: BAR_SIZE,
  barCompleteString: "█".repeat(BAR_SIZE),
  barIncompleteString: "░".repeat(BAR_SIZE),
  barGlue: "",
  autopaddingChar: "",
};

/** The line of one download. */
export class ProgressBar {
  readonly #seen: { readonly atMs: number; readonly bytes: number }[] = [];

  /** Nothing has come yet; `name` begins the line. */
  constructor(private readonly name: string, private readonly clock: Clock) {}

  /** The line for what has come by now. */
  line({ bytes, total }: PullProgress): string {
    const rate = this.#bytesPerSec(bytes);
    const speed = rate === undefined ? "" : `  ${byteSize(Math.round(rate))}/s`;
    if (total === undefined) return `${this.name}  ${byteSize(bytes)}${speed}`;
    const share = Math.min(1, bytes / total);
    const bar = format.BarFormat(share, OPTIONS);
    const percent = `${Math.floor(share * 100)}%`.padStart(4);
    const left = rate === undefined || rate === 0
      ? ""
      : `  ${format.TimeFormat(Math.ceil((total - bytes) / rate), OPTIONS)} left`;
    return `${this.name} ${bar} ${percent}  ${byteSize(bytes)} of ${
      byteSize(total)
    }${speed}${left}`;
  }

  /** Of the last seconds: what was here before, or came long ago, says nothing of now. */
  #bytesPerSec(bytes: number): number | undefined {
    const atMs = this.clock.nowMs();
    this.#seen.push({ atMs, bytes });
    while (this.#seen.length > 2 && this.#seen[1]!.atMs <= atMs - WINDOW_MS) this.#seen.shift();
    const first = this.#seen[0]!;
    if (atMs - first.atMs < 100) return undefined;
    return (bytes - first.bytes) / (atMs - first.atMs) * 1000;
  }
}
