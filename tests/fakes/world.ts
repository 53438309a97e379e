/** A world for tests: streams that are kept, a clock that stands still, signals that are sent by hand. */

import { FakeClock } from "../../core/fake_clock.ts";
import type { LogLevel } from "../../core/log.ts";
import { type Rng, seededRng } from "../../core/rng.ts";
import type { Output } from "../../cli/output.ts";
import type { World } from "../../cli/world.ts";

/** A stream that keeps what is written. */
export class FakeOutput implements Output {
  /** What was written. */
  text = "";
  isTerminal = false;
  /** Adds to what is kept. */
  write(text: string): void {
    this.text += text;
  }
  /** A narrow terminal. */
  columns(): number {
    return 80;
  }
}

/** The world, and handles to move it. */
export class FakeWorld implements World {
  /** Kept. */
  readonly stdout = new FakeOutput();
  /** Kept. */
  readonly stderr = new FakeOutput();
  /** A fixed number of cores. */
  readonly cores = 8;
  /** The same chance at every run. */
  readonly rng: Rng = seededRng(1);
  readonly crashes = new EventTarget();
  /** Each level that logging was started with. */
  readonly loggedAt: LogLevel[] = [];
  /** Stands still until the test lets time pass. */
  readonly clock = new FakeClock(new Date(2026, 0, 2, 3, 4, 5).getTime());
  #listeners = new Set<(signal: string) => void>();
  /** Signals come from `send`. */
  readonly signals = {
    listen: (listener: (signal: string) => void) => {
      this.#listeners.add(listener);
      return () => void this.#listeners.delete(listener);
    },
  };

  /** A directory without a config file, unless the test says otherwise. */
  constructor(
    readonly environment: Readonly<Record<string, string>> = {},
    readonly directory: string = import.meta.dirname!,
  ) {}

  /** Only remembers the level. */
  readonly startLogging = (level: LogLevel) => {
    this.loggedAt.push(level);
    return Promise.resolve();
  };

  /** Sends a signal to whoever listens; returns how many do. */
  send(signal: string): number {
    for (const listener of this.#listeners) listener(signal);
    return this.#listeners.size;
  }
}
