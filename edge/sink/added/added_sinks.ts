/** The sinks beside the runs' own files: each is opened for the runs that it is for. */

import { dirname, extname, join } from "node:path";
import type { Clock } from "../../../core/clock.ts";
import { messageOf } from "../../../core/errors.ts";
import { logger } from "../../../core/log.ts";
import type { Room } from "../../retention/disk_room.ts";
import type { Trimmable } from "../../retention/trimmable.ts";
import type { RuleOptions } from "../../rules/options.ts";
import { AddedSink } from "./added_sink.ts";
import { SINK_KINDS, type SinkKind } from "./kinds.ts";
import type { SinkOptions } from "./options.ts";
import { RoutedSink } from "./routed_sink.ts";
import { Snapshots } from "./snapshots.ts";
import type { SharedSink, SinkPlace, SinkRun } from "./writer.ts";

const log = logger("edge");

/** What they are made of. */
export interface AddedSinksParts {
  /** As they are set. */
  readonly sinks: readonly SinkOptions[];
  /** Rules of all sources: what they name hears of nothing else that happens; absent: none. */
  readonly rules?: readonly Pick<RuleOptions, "name" | "sinks">[];
  /** Whether the edge has several sources. */
  readonly isSeveral: boolean;
  /** Files of earlier runs that are in the way are taken away. */
  readonly overwrite: boolean;
  /** The only time that they go by. */
  readonly clock: Clock;
  /** The room of a directory; absent: as much as the disk has. */
  readonly roomOf?: (directory: string) => Promise<Room>;
}

/** Those of an edge. What all sources share is opened with the first run and closed with all. */
export class AddedSinks implements AsyncDisposable {
  readonly #shared = new Map<string, Promise<SharedSink>>();
  readonly #trimmable: Trimmable[] = [];

  /** Opens nothing yet. */
  constructor(private readonly parts: AddedSinksParts) {}

  /**
   * Opens those that are for a run.
   *
   * @returns each behind a queue of its own, closed by whoever has them.
   * @throws {SmarteyeError} when one cannot be opened: then none is.
   */
  async of(given: SinkRun): Promise<readonly (AddedSink | RoutedSink)[]> {
    const { options: { events, resultsDirectory } } = given;
    const snapshots = new Snapshots(resultsDirectory, this.parts.clock);
    const run: SinkRun = events === "all" ? { ...given, snapshots } : given;
    await using opened = new AsyncDisposableStack();
    const sinks: (AddedSink | RoutedSink)[] = [];
    for (const options of this.parts.sinks) {
      const { sources, name } = options;
      if (sources.length > 0 && !sources.includes(run.options.name)) continue;
      const { waits, queueLengthMax = Infinity, hearsAll }: SinkKind = SINK_KINDS[options.kind];
      const rules = this.#rulesOf(name);
      const isRouted = rules.length > 0 && !hearsAll;
      const writer = await this.#writerOf(options, hearsAll ? { ...run, rules } : run);
      const { clock, roomOf } = this.parts;
      const room = writer.needsPicture && await roomOf?.(dirname(writer.description));
      const sink = new AddedSink(writer, {
        ...{ name, clock, ...(room ? { room } : {}) },
        queueLengthMax: Math.min(options.queueLengthMax, queueLengthMax),
        waits: waits === true && !run.live,
      });
      opened.defer(() => sink.close());
      sinks.push(isRouted ? new RoutedSink(sink, rules) : sink);
    }
    opened.move(); // whoever has them closes them
    return sinks;
  }

  /** Those of which rows may go, as far as they are open. */
  get trimmable(): readonly Trimmable[] {
    return this.#trimmable;
  }

  /** Closes what is shared, when every run has closed its own. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const opening of this.#shared.values()) {
      const shared = await opening.catch(() => undefined); // told to who asked for it
      await shared?.close().catch((error) => log.warn("{why}", { why: messageOf(error) }));
    }
  }

  /** Names of the rules that name a sink. */
  #rulesOf(sink: string): readonly string[] {
    const { rules = [] } = this.parts;
    return rules.filter(({ sinks }) => sinks.includes(sink)).map(({ name }) => name);
  }

  async #writerOf(options: SinkOptions, run: SinkRun) {
    const { isSeveral, overwrite, clock } = this.parts;
    const kind: SinkKind = SINK_KINDS[options.kind];
    const usual = kind.usual ?? kind.what ?? [];
    const what = new Set(options.what.length > 0 ? options.what : usual);
    const path = pathOf(options, kind, run.options, isSeveral);
    const place: SinkPlace = { path, overwrite, what, own: options.own, clock };
    if (kind.each === "source") return await kind.open(place, run);
    const opening = this.#shared.get(options.name) ?? kind.open(place);
    this.#shared.set(options.name, opening);
    const shared = await opening;
    const { trimmable } = shared;
    if (trimmable && !this.#trimmable.includes(trimmable)) this.#trimmable.push(trimmable);
    return await shared.of(run);
  }
}

/**
 * Where a sink writes of a source: where it is told to, with the source's name behind it where each of
 * several has a file of its own, in it where each has a directory; of a kind whose files end in some way,
 * what does not end so is a directory; else in the run's directory, and what all of several share in the
 * one that theirs are in. An address is as it is.
 */
export function pathOf(
  { where }: Pick<SinkOptions, "where">,
  { each, file, ending, address, directory }: Pick<
    SinkKind,
    "each" | "file" | "ending" | "address" | "directory"
  >,
  { name, resultsDirectory }: Pick<SinkRun["options"], "name" | "resultsDirectory">,
  isSeveral: boolean,
): string {
  const isOwn = each === "source";
  if (where === undefined) {
    return join(isSeveral && !isOwn ? dirname(resultsDirectory) : resultsDirectory, file!);
  }
  if (address) return where;
  if (directory) return isSeveral ? join(where, name) : where;
  if (ending !== undefined && extname(where).toLowerCase() !== ending && where !== "-") {
    return join(where, name + ending);
  }
  if (!isSeveral || !isOwn || where === "-") return where;
  const own = extname(where);
  return `${where.slice(0, where.length - own.length)}_${name}${own}`;
}
