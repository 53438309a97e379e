/** An edge in a process of its own, looked at from outside while it runs and after it. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { FrameRecord, SourceEventRecord } from "../../edge/record.ts";
import type { Summary } from "../../edge/statistics.ts";
import type { SourceState } from "../../edge/capture/source.ts";
import { Folder } from "../fakes/folder.ts";
import { Program, type Ran } from "../fakes/program.ts";

/** Milliseconds that a run may take to get somewhere, on a busy machine. */
const PATIENCE_MS = 60_000;

/** What a process takes of the machine. */
export interface Taken {
  /** Bytes of memory that it holds. */
  readonly rssBytes: number;
  /** Files, sockets and pipes that it has open. */
  readonly handles: number;
}

/** What one source of an edge has on disk. */
export interface Stored {
  readonly records: readonly FrameRecord[];
  readonly events: readonly SourceEventRecord[];
  /** Absent where there is none. */
  readonly summary: Summary | undefined;
}

/** An edge that infers here with the weights that come with the program, and writes no images. */
export class EdgeRun implements AsyncDisposable {
  /** The process. */
  readonly program: Program;
  readonly #out: Folder = new Folder();

  /** Starts it. */
  constructor(...args: string[]) {
    const isSaid = (flag: string) => args.includes(flag);
    this.program = new Program([
      "edge",
      "--json",
      ...(isSaid("--policy") ? [] : ["--policy", "always_local_fastest_model"]),
      ...["--out", this.directory],
      ...(isSaid("--images") || isSaid("--no-images") ? [] : ["--no-images"]),
      ...args,
    ], { SMARTEYE_MODELS: this.#out.file("none") });
  }

  /** Where its results go. */
  get directory(): string {
    return this.#out.file("run");
  }

  /** The directories of its sources: one of its own each, where there are several. */
  sources(): string[] {
    const inside = [...Deno.readDirSync(this.directory)].filter(({ isDirectory }) => isDirectory);
    if (inside.length === 0) return [this.directory];
    return inside.map(({ name }) => join(this.directory, name)).sort();
  }

  /** What a source has on disk by now; of the only one, if none is named. Half a last line is left out. */
  stored(directory: string = this.directory): Stored {
    const lines = (textOf(join(directory, "results.jsonl")) ?? "").split("\n").slice(0, -1)
      .map((line) => JSON.parse(line));
    const summary = textOf(join(directory, "summary.json"));
    return {
      records: lines.filter((line) => !("event" in line)),
      events: lines.filter((line) => "event" in line),
      summary: summary === undefined ? undefined : JSON.parse(summary),
    };
  }

  /** Waits until the only source has on disk what `isThere` wants. */
  async until(
    what: string,
    isThere: (stored: Stored) => boolean,
    patienceMs: number = PATIENCE_MS,
  ): Promise<Stored> {
    let ended = false;
    const ran = this.program.ran().then((ran) => {
      ended = true;
      return ran;
    });
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline;) {
      const stored = this.stored();
      if (isThere(stored)) return stored;
      if (ended) throw new Error(`it ended before ${what}: ${(await ran).stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { records, events } = this.stored();
    const states = events.slice(-8).map(({ state, detail }) => `${state} (${detail ?? ""})`);
    throw new Error(
      `there was never ${what}: ${records.length} records; the source was ${states.join(", ")}`,
    );
  }

  /** Waits for a state that the source came to at or after that time; tells when, since the epoch. */
  async comesTo(
    states: readonly SourceState[],
    sinceMs: number,
    patienceMs?: number,
  ): Promise<number> {
    const found = ({ events }: Stored) =>
      events.find(({ state, at }) => states.includes(state) && Date.parse(at) >= sinceMs);
    const what = `${states.join(" or ")} after ${new Date(sinceMs).toISOString()}`;
    const stored = await this.until(what, (stored) => found(stored) !== undefined, patienceMs);
    return Date.parse(found(stored)!.at);
  }

  /** Waits for a frame that was captured at or after that time; tells when, since the epoch. */
  async captures(sinceMs: number, patienceMs?: number): Promise<number> {
    const found = ({ records }: Stored) =>
      records.findLast(({ captured_at }) => Date.parse(captured_at) >= sinceMs);
    const what = `a frame after ${new Date(sinceMs).toISOString()}`;
    const stored = await this.until(what, (stored) => found(stored) !== undefined, patienceMs);
    const first = stored.records.find(({ captured_at }) => Date.parse(captured_at) >= sinceMs);
    return Date.parse(first!.captured_at);
  }

  /** What it takes of the machine now; only where there is a `/proc`. */
  taken(): Taken {
    const { pid } = this.program;
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const kib = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]);
    return { rssBytes: kib * 1024, handles: [...Deno.readDirSync(`/proc/${pid}/fd`)].length };
  }

  /** Ends it by a signal, and holds that it ended well. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Ran> {
    this.program.kill(signal);
    const ran = await this.program.ran();
    assert.equal(ran.code, 0, ran.stderr);
    return ran;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
    await this.#out[Symbol.asyncDispose]();
  }
}

/** Holds what is true of every run that ended: a line a frame, in order, and sums that are right. */
export function holdWhole({ records, summary }: Stored): Summary {
  assert.ok(summary, "there is a summary");
  const { captured, ...outcomes } = summary.frames;
  const sum = Object.values(outcomes).reduce((sum, n) => sum + n, 0);
  assert.equal(captured, sum, "every captured frame has one outcome");
  holdNoGaps(records);
  assert.equal(records.length, captured, "one line a captured frame");
  for (const [outcome, n] of Object.entries(outcomes)) {
    assert.equal(records.filter((record) => record.outcome === outcome).length, n, outcome);
  }
  return summary;
}

/** Holds that frames are numbered 1, 2, 3 … */
export function holdNoGaps(records: readonly FrameRecord[]): void {
  records.forEach(({ frame }, i) => assert.equal(frame, i + 1, "no gaps in the numbers"));
}

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
