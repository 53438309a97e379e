/** What an edge does so that its results do not fill a disk: room for pictures, parts of lines, sweeps. */

import { resolve } from "node:path";
import { type Clock, OVER } from "../../core/clock.ts";
import { logger } from "../../core/log.ts";
import type { EdgeOptions, SourceOptions } from "../options.ts";
import { type AddedSinks, pathOf } from "../sink/added/added_sinks.ts";
import { SINK_KINDS, type SinkKind, type SinkKindName } from "../sink/added/kinds.ts";
import type { Keeping } from "../sink/keeping.ts";
import type { LineParts } from "../sink/line_file.ts";
import { DiskRooms, type Room } from "./disk_room.ts";
import type { Root } from "./inventory.ts";
import { mayDelete, type RetentionLimits, type RetentionOptions } from "./options.ts";
import { Retention, type RetentionTotals } from "./retention.ts";
import type { Amount } from "./sweep.ts";
import { SweepThread } from "./sweep_thread.ts";

const log = logger("edge");

const DAY_MS = 86_400_000;

/** A part of lines is so large at most, bytes, and at least. */
const PART_BYTES_MAX = 64e6;
const PART_BYTES_MIN = 1e6;

/** Parts of lines that fit into what is kept, at least: what goes at once is small beside it. */
const PARTS = 50;

/** Parts of the shortest time for which something is kept. */
const SPANS = 4;

/** Nothing is governed: what is written stays. */
const OFF: RetentionOptions = { checkMs: DAY_MS };

/** What of an edge's options it goes by; the sources' directories are those that were taken. */
export interface RetainedEdge extends Pick<EdgeOptions, "sinks" | "retention"> {
  /** What is read. */
  readonly sources: readonly Pick<SourceOptions, "name" | "resultsDirectory" | "recording">[];
  /** The directory that was made for all of them, if one was. */
  readonly newDirectory?: string | undefined;
}

/** Room and sweeps of one edge. */
export class EdgeRetention implements AsyncDisposable {
  readonly #options: RetentionOptions;
  readonly #rooms: DiskRooms;
  readonly #thread = new SweepThread();
  readonly #ending = new AbortController();
  #retention: Retention | undefined;
  #running: Promise<void> | undefined;

  /** Looks at nothing yet. */
  constructor(retention: RetentionOptions | undefined, private readonly clock: Clock) {
    this.#options = retention ?? OFF;
    this.#rooms = new DiskRooms({
      ...{ keepFree: this.#options.keepFree, clock },
      onShort: () => this.#retention?.soon(),
    });
  }

  /** The room of a directory that is there. */
  roomOf(directory: string): Promise<Room> {
    return this.#rooms.of(directory);
  }

  /** What the files of a run in a directory go by. */
  async keepingOf(directory: string): Promise<Keeping> {
    const room = await this.roomOf(directory);
    return mayDelete(this.#options) ? { room, parts: partsFor(this.#options) } : { room };
  }

  /** Sweeps from now on, if anything may be deleted. */
  begin(edge: RetainedEdge, added: Pick<AddedSinks, "trimmable">): void {
    if (!mayDelete(this.#options)) return;
    tellWhatGrows(edge);
    const roots = rootsOf(edge, this.#options.runsIn);
    const own = [
      ...edge.sources.map(({ resultsDirectory }) => resolve(resultsDirectory)),
      ...(edge.newDirectory === undefined ? [] : [resolve(edge.newDirectory)]),
    ];
    this.#retention = new Retention({
      ...{ options: this.#options, clock: this.clock, roots: () => roots, own: () => own },
      databases: () => added.trimmable,
      sweep: (request) => this.#thread.sweep(request),
    });
    this.#running = this.#retention.run(this.#ending.signal);
  }

  /** What all sweeps came to; `undefined` where there are none. */
  get totals(): RetentionTotals | undefined {
    return this.#retention?.totals;
  }

  /** What went out of the directory of a run. */
  goneOf(directory: string): Readonly<Amount> {
    return this.#retention?.goneOf(resolve(directory)) ?? { files: 0, bytes: 0 };
  }

  /** Ends the sweeps. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(OVER);
    this.#thread[Symbol.dispose]();
    await this.#running;
  }
}

/** How large parts of lines are, so that what is kept is some of them. */
export function partsFor({ ageMs, bytesMax, eventsAgeMs }: RetentionLimits): LineParts {
  const shortest = Math.min(ageMs ?? Infinity, eventsAgeMs ?? Infinity);
  return {
    bytesMax: Math.min(PART_BYTES_MAX, Math.max(PART_BYTES_MIN, (bytesMax ?? Infinity) / PARTS)),
    spanMs: Math.min(DAY_MS, shortest / SPANS),
  };
}

/** Where an edge's results are: those of earlier runs, its own, and files of sinks elsewhere. */
export function rootsOf(
  { sources, sinks = [] }: RetainedEdge,
  runsIn: string | undefined,
): readonly Root[] {
  const forms = new Map<string, RegExp[]>();
  for (const sink of sinks) {
    const kind: SinkKind = SINK_KINDS[sink.kind];
    if (!kind.files || sink.where === undefined) continue;
    for (const source of sources) {
      if (sink.sources.length > 0 && !sink.sources.includes(source.name)) continue;
      const path = resolve(pathOf(sink, kind, source, sources.length > 1));
      const { directory, form } = kind.files(path);
      forms.set(directory, [...forms.get(directory) ?? [], form]);
    }
  }
  return [
    ...(runsIn === undefined ? [] : [{ kind: "runs", directory: resolve(runsIn) } as const]),
    ...sources.map(({ resultsDirectory }) =>
      ({ kind: "run", directory: resolve(resultsDirectory) }) as const
    ),
    ...[...forms].map(([directory, forms]) => ({ kind: "files", directory, forms }) as const),
  ];
}

/** Whether such a sink writes a file that grows. */
function isFile(name: SinkKindName): boolean {
  const { files, address }: SinkKind = SINK_KINDS[name];
  return name === "video" || (name !== "sqlite" && files === undefined && address === undefined);
}

/** Says which files grow as long as a run goes on: nothing can be taken out of their middle. */
function tellWhatGrows({ sinks = [], sources }: RetainedEdge): void {
  const growing = sinks.filter(({ kind, where, own }) =>
    isFile(kind) && (kind !== "video" || own?.video?.every !== "hour") && where !== "-"
  );
  const names = growing.map(({ name }) => `the sink ${name}`);
  if (sources.some(({ recording }) => recording)) names.push("the recording of decisions");
  if (names.length === 0) return;
  log.warn("retention cannot shorten what {names} writes: it grows until the run ends", {
    names: names.join(", "),
  });
}
