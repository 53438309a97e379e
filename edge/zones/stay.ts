/** A thing at a zone: whether it is in it, since when, and what of that has been told. */

import type { Moment } from "../scene/seen_frame.ts";
import type { StayNote } from "./note.ts";
import { SettledSide } from "./settled_side.ts";
import type { Area } from "./shape.ts";
import type { Place, Sighting } from "./sighting.ts";

/** What a stay tells; who and where is known by who asks. */
export type StayTold = Pick<
  StayNote,
  "event" | "startedWallMs" | "untilWallMs" | "dwellMs" | "ended"
>;

/** One thing at one zone. */
export class Stay {
  readonly #side = new SettledSide(-1);
  readonly #dwellMs: number;
  /** When it was seen inside first, while it is. */
  #since: Moment | undefined;
  #isEntryTold = false;
  #isLoiteringTold = false;

  /** It is outside. @param dwellMs in the zone after which it loiters; 0: never */
  constructor(dwellMs: number) {
    this.#dwellMs = dwellMs;
  }

  /** Whether it is inside, and that has been told. */
  get isTold(): boolean {
    return this.#isEntryTold;
  }

  /**
   * Takes where the thing is now.
   *
   * @param isMeant whether the zone is meant for such a thing
   */
  see(area: Area, { point, size }: Place, now: Sighting, isMeant: boolean): readonly StayTold[] {
    const depth = area.depthOf(point);
    const change = now.isInferred
      ? this.#side.see(depth, area.bandsOf(size), now)
      : this.#side.elapse(depth > 0 ? 1 : -1, now);
    if (change && this.#side.side < 0) return this.#leave(change.since);
    if (change) this.#since = change.since;
    const since = this.#since;
    if (!since || depth <= 0) return [];
    const told: StayTold[] = [];
    if (isMeant && !this.#isEntryTold) {
      this.#isEntryTold = true;
      told.push(toldOf("enter", since, now));
    }
    const loiters = this.#dwellMs > 0 && now.atMs - since.atMs >= this.#dwellMs;
    if (this.#isEntryTold && loiters && !this.#isLoiteringTold) {
      this.#isLoiteringTold = true;
      told.push(toldOf("loiter", since, now));
    }
    return told;
  }

  /** Takes that the thing is seen no more. @param last when it was seen last */
  end(last: Moment): readonly StayTold[] {
    if (!this.#since) return [];
    const change = this.#side.end();
    if (change && this.#side.side < 0) return this.#leave(change.since);
    return this.#isEntryTold ? [{ ...toldOf("leave", this.#since, last), ended: true }] : [];
  }

  /** Takes that the thing is seen again, as another track. What to tell of that. */
  resume(now: Moment): StayTold | undefined {
    return this.#isEntryTold && this.#since ? toldOf("enter", this.#since, now) : undefined;
  }

  #leave(at: Moment): readonly StayTold[] {
    const told = this.#isEntryTold && this.#since ? [toldOf("leave", this.#since, at)] : [];
    this.#since = undefined;
    this.#isEntryTold = this.#isLoiteringTold = false;
    return told;
  }
}

function toldOf(event: StayTold["event"], since: Moment, until: Moment): StayTold {
  return {
    event,
    startedWallMs: since.wallMs,
    untilWallMs: until.wallMs,
    dwellMs: Math.max(0, until.atMs - since.atMs),
  };
}
