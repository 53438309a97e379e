/** What was followed: the events of a run, of which the longest and the latest are kept whole. */

import type { EventEnd, EventState, LineRecord } from "../../../edge/events/event_record.ts";
import { Tally } from "./tally.ts";

/** Events that are followed at once: an edge has a thousand open, at most. */
const OPEN_MAX = 2000;

/** Zones and lines that are told of one. */
const PLACES_MAX = 32;

/** An event as it is told. */
export interface Thing {
  /** The event's name. */
  readonly id: string;
  /** What it mostly was. */
  readonly label: string;
  /** Each label's share, the greatest first. */
  readonly labels: readonly (readonly [label: string, share: number])[];
  /** When it was seen first, milliseconds since the Unix epoch. */
  readonly startedMs: number;
  /** From the first to the last sight of it. */
  readonly seconds: number;
  /** Whether the results say that it was over: else the run was killed before. */
  readonly isClosed: boolean;
  /** Zones that it was in, with the seconds. */
  readonly zones: readonly (readonly [zone: string, seconds: number])[];
  /** Lines that it crossed. */
  readonly lines: readonly { readonly line: string; readonly in: number; readonly out: number }[];
  /** Rules that it met, as far as its end says so. */
  readonly rules: readonly string[];
  /** Score in the frame that shows it best. */
  readonly score: number;
  /** That frame as a picture, below the run's directory; empty where there is none. */
  readonly snapshot: string;
}

/** An event that is not over. */
interface Open {
  state: EventState | undefined;
  readonly lines: Map<string, { in: number; out: number }>;
}

/** Follows events. */
export class Things {
  readonly #open = new Map<string, Open>();
  /** How many there were, by what they mostly were. */
  readonly labels = new Tally();
  #longest: Thing[] = [];
  #latest: Thing[] = [];
  #count = 0;

  /** Has heard of none yet. @param max so many of the longest are kept, and as many of the latest. */
  constructor(private readonly max: number) {}

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** The longest ones. */
  get longest(): readonly Thing[] {
    return this.#longest;
  }

  /** Those that began last, the last first. */
  get latest(): readonly Thing[] {
    return this.#latest;
  }

  /** Takes what is said of one. */
  hear(line: EventState | LineRecord): void {
    if (line.id === null) return;
    const open = this.#opened(line.id);
    if (line.event === "line") {
      const at = open.lines.get(line.line) ?? { in: 0, out: 0 };
      at[line.direction]++;
      if (open.lines.size < PLACES_MAX) open.lines.set(line.line, at);
      return;
    }
    open.state = line;
    if (line.event !== "close") return;
    this.#open.delete(line.id);
    this.#keep(thingOf(open)!);
  }

  /** What was not over when the results end is told as far as it is known. */
  end(): void {
    for (const open of this.#open.values()) {
      const thing = thingOf(open);
      if (thing) this.#keep(thing);
    }
    this.#open.clear();
  }

  #opened(id: string): Open {
    const open = this.#open.get(id) ?? { state: undefined, lines: new Map() };
    this.#open.set(id, open);
    // Of one that was never closed, although the run went on for long, nothing more is to be heard.
    const [oldest] = this.#open.size > OPEN_MAX ? this.#open.keys() : [];
    if (oldest !== undefined) {
      const thing = thingOf(this.#open.get(oldest)!);
      this.#open.delete(oldest);
      if (thing) this.#keep(thing);
    }
    return open;
  }

  #keep(thing: Thing): void {
    this.#count++;
    this.labels.add(thing.label);
    const byTime = (a: Thing, b: Thing) => b.startedMs - a.startedMs || (a.id < b.id ? 1 : -1);
    this.#longest = [...this.#longest, thing]
      .sort((a, b) => b.seconds - a.seconds || byTime(a, b)).slice(0, this.max);
    this.#latest = [...this.#latest, thing].sort(byTime).slice(0, this.max);
  }
}

function thingOf({ state, lines }: Open): Thing | undefined {
  if (!state) return undefined;
  const startedMs = Date.parse(state.started_at);
  const closed = state.event === "close" ? state as EventEnd : undefined;
  return {
    ...{ id: state.id!, label: state.label, startedMs, isClosed: closed !== undefined },
    labels: Object.entries(state.labels ?? {}),
    seconds: closed?.duration_s ?? Math.max(0, Date.parse(state.at) - startedMs) / 1000,
    zones: staysOf(state),
    lines: [...lines].map(([line, counts]) => ({ line, ...counts })),
    rules: closed?.rules ?? [],
    score: state.best?.score ?? 0,
    snapshot: state.snapshot ?? "",
  };
}

/** One that came to a zone several times was in it for all of them together. */
function staysOf({ zones }: EventState): Thing["zones"] {
  const stays = new Map<string, number>();
  for (const { zone, seconds } of zones ?? []) {
    if (stays.has(zone) || stays.size < PLACES_MAX) {
      stays.set(zone, (stays.get(zone) ?? 0) + seconds);
    }
  }
  return [...stays];
}
