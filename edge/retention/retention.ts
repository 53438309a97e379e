/** Retention of an edge: a sweep at the start, then again and again, and what all of them came to. */

import { type Clock, OVER } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import { logger, MINUTE_MS, Thinned } from "../../core/log.ts";
import type { Root } from "./inventory.ts";
import type { RetentionLimits, RetentionOptions } from "./options.ts";
import { HELD_KINDS, type Reason, REASONS } from "./plan.ts";
import type { Amount, SweepRequest, Swept } from "./sweep.ts";
import type { TimedSweep } from "./sweep_thread.ts";
import type { TrimLimits, Trimmable } from "./trimmable.ts";

const log = logger("edge");

/** Sweeps take at most one part in so many of the time. */
const PAUSES = 20;

/** Milliseconds to the next one, where a disk has too little room. */
const SOON_MS = 5000;

/** A clock that is put right by more than that, milliseconds, was or is wrong. */
const JUMP_MS = 60_000;

/** Milliseconds after that, for which nothing goes for its age. */
const DOUBT_MS = 3_600_000;

/** What it is made of. */
export interface RetentionParts {
  /** What is kept. */
  readonly options: RetentionOptions;
  /** Where results go, as far as that is known by now. */
  readonly roots: () => readonly Root[];
  /** Directories that this process writes to; absolute. */
  readonly own: () => readonly string[];
  /** Databases that this process writes to. */
  readonly databases: () => readonly Trimmable[];
  /** Sweeps, off this thread. */
  readonly sweep: (request: SweepRequest) => Promise<TimedSweep>;
  /** Tells when, and what is old. */
  readonly clock: Clock;
}

/** What all sweeps came to, for who asks. */
export interface RetentionTotals {
  /** What went, by why. */
  readonly gone: Readonly<Record<Reason, Readonly<Amount>>>;
  /** Rows of databases that went. */
  readonly rows: number;
  /** Bytes that are governed, as of the latest sweep; `undefined` before the first. */
  readonly heldBytes: number | undefined;
  /** The least room that a disk has, bytes; `undefined` where that is not known. */
  readonly freeBytes: number | undefined;
  /** Sweeps that could not be made. */
  readonly failures: number;
}

/** Sweeps again and again. */
export class Retention {
  readonly #startedAtMs: number;
  readonly #gone: Record<Reason, Amount> = {
    age: { files: 0, bytes: 0 },
    size: { files: 0, bytes: 0 },
    free: { files: 0, bytes: 0 },
  };
  readonly #goneOfOwn = new Map<string, Amount>();
  readonly #warnings: Thinned;
  #rows = 0;
  #failures = 0;
  #tookMs = 0;
  #latest: Swept | undefined;
  #databaseBytes = 0;
  #offsetMs: number;
  #sureAtMs = -Infinity;
  #waiting = new AbortController();
  #saidAheadOf = 0;

  /** Looks at nothing yet. */
  constructor(private readonly parts: RetentionParts) {
    const { clock } = parts;
    this.#startedAtMs = clock.nowMs();
    this.#offsetMs = clock.epochMs() - clock.nowMs();
    const say = (message: string) => log.warn("{message}", { message });
    this.#warnings = new Thinned(say, 60 * MINUTE_MS, clock);
  }

  /** What there is to tell. */
  get totals(): RetentionTotals {
    const { held, freeBytes } = this.#latest ?? {};
    return {
      gone: this.#gone,
      rows: this.#rows,
      heldBytes: held && held.bytes + this.#databaseBytes,
      freeBytes: freeBytes ?? undefined,
      failures: this.#failures,
    };
  }

  /** What went out of a directory that this process writes to. */
  goneOf(directory: string): Readonly<Amount> {
    return this.#goneOfOwn.get(directory) ?? { files: 0, bytes: 0 };
  }

  /** Has the next sweep come soon: a disk has too little room. */
  soon(): void {
    this.#waiting.abort(OVER);
  }

  /** Sweeps until `signal` aborts. Never rejects: what goes wrong is told. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, options: { checkMs } } = this.parts;
    while (!signal.aborted) {
      this.#waiting = new AbortController(); // what is asked for from now on is not seen by it
      try {
        await this.sweep(signal);
      } catch (error) {
        this.#failures++;
        if (!signal.aborted) this.#warnings.tell("retention", messageOf(error));
      }
      const restMs = Math.max(SOON_MS, (PAUSES - 1) * this.#tookMs);
      await clock.sleep(restMs, signal);
      const waiting = AbortSignal.any([signal, this.#waiting.signal]);
      await clock.sleep(checkMs - restMs, waiting);
    }
    this.#warnings.flush();
  }

  /** Sweeps once. @throws {SmarteyeError} when that is not possible. */
  async sweep(signal: AbortSignal): Promise<void> {
    const { roots, own, clock, sweep, options: { keepFree } } = this.parts;
    const databases = this.parts.databases();
    const limits = this.#limitsNow();
    const nowMs = clock.epochMs();
    this.#databaseBytes = await bytesOf(databases);
    const { swept, tookMs } = await sweep({
      ...{ roots: roots(), own: own(), limits, keepFree, nowMs, isDry: false },
      otherBytes: this.#databaseBytes,
      startedMs: nowMs - (clock.nowMs() - this.#startedAtMs),
    });
    this.#latest = swept;
    this.#tookMs = tookMs;
    this.#count(swept);
    this.#tell(swept);
    await this.#trim(databases, swept, limits, nowMs, signal);
  }

  /** What counts while the clock may be wrong: not the age. */
  #limitsNow(): RetentionLimits {
    const { clock, options } = this.parts;
    const { ageMs, checkMs: _, keepFree: __, runsIn: ___, ...limits } = options;
    const offsetMs = clock.epochMs() - clock.nowMs();
    const jumpMs = Math.abs(offsetMs - this.#offsetMs);
    this.#offsetMs = offsetMs;
    if (jumpMs > JUMP_MS && ageMs !== undefined) {
      this.#sureAtMs = clock.nowMs() + DOUBT_MS;
      log.warn("the clock was put right by {minutes} min: for an hour nothing goes for its age", {
        minutes: Math.round(jumpMs / MINUTE_MS),
      });
    }
    return ageMs === undefined || clock.nowMs() < this.#sureAtMs ? limits : { ...limits, ageMs };
  }

  #count({ gone, goneOfOwn }: Swept): void {
    for (const why of REASONS) add(this.#gone[why], gone[why]);
    for (const [directory, amount] of Object.entries(goneOfOwn)) {
      const all = this.#goneOfOwn.get(directory) ?? { files: 0, bytes: 0 };
      add(all, amount);
      this.#goneOfOwn.set(directory, all);
    }
  }

  /** Says what went, once a sweep; what is in the way, once an hour. */
  #tell({ gone, goneKinds, held, kept, why, seen, excessBytes }: Swept): void {
    const reasons = REASONS.filter((why) => gone[why].files > 0);
    const files = reasons.reduce((n, why) => n + gone[why].files, 0);
    const bytes = reasons.reduce((n, why) => n + gone[why].bytes, 0);
    const what = HELD_KINDS.filter((kind) => goneKinds[kind].files > 0)
      .map((kind) => `${goneKinds[kind].files} of ${kind}`).join(", ");
    if (files > 0) {
      log.info("retention took {files} files away, {size} ({what}; for {why}); {held} are left", {
        ...{ files, what, why: reasons.map((why) => `${why} ${gone[why].files}`).join(", ") },
        ...{ size: megabytes(bytes), held: megabytes(held.bytes) },
      });
    }
    if (seen.refused > 0) this.#warnings.tell("retention cannot look everywhere", seen.why);
    if (kept > 0) this.#warnings.tell(`retention cannot take away all that is to go`, why ?? "");
    if (excessBytes > 0 && this.parts.databases().length === 0) {
      this.#warnings.tell("more is there than retention may take away", megabytes(held.bytes));
    }
    if (seen.future > this.#saidAheadOf) {
      log.warn("{n} files are of a time to come: they count as of the start of this run", {
        n: seen.future,
      });
    }
    this.#saidAheadOf = Math.max(this.#saidAheadOf, seen.future);
  }

  /** Rows that are as old as the files that went, and as many as there are too many bytes. */
  async #trim(
    databases: readonly Trimmable[],
    { goneUpToMs, excessBytes }: Swept,
    { ageMs = Infinity, eventsAgeMs = 0, bytesMax }: RetentionLimits,
    nowMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const beforeMs = Math.max(goneUpToMs ?? -Infinity, nowMs - ageMs);
    for (const database of databases) {
      const bytes = await database.bytes();
      const limits: TrimLimits = {
        beforeMs,
        eventsBeforeMs: Math.min(beforeMs, nowMs - eventsAgeMs),
        // Each gives in proportion to what it has, and none what comes just now: there is no end of that.
        newestMs: nowMs,
        ...(bytesMax === undefined || excessBytes === 0
          ? {}
          : { bytesMax: bytes - excessBytes * bytes / Math.max(1, this.#databaseBytes) }),
      };
      const rows = await database.trim(limits, signal);
      this.#rows += rows;
      if (rows > 0) {
        log.info("retention took {rows} rows away of {path}", { rows, path: database.path });
      }
    }
    this.#databaseBytes = await bytesOf(databases);
  }
}

async function bytesOf(databases: readonly Trimmable[]): Promise<number> {
  const all = await Promise.all(databases.map((database) => database.bytes()));
  return all.reduce((sum, bytes) => sum + bytes, 0);
}

function add(all: Amount, { files, bytes }: Amount): void {
  all.files += files;
  all.bytes += bytes;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
