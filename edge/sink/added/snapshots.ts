/** Pictures of a run's events, for messages about them. */

import { join } from "node:path";
import type { Clock } from "../../../core/clock.ts";
import { snapshotPath } from "../pictured.ts";

/** Milliseconds that are waited for one that is still being written, and between two looks at it. */
const WAIT_MS = 2000;
const LOOK_MS = 50;

/** Reads what the run's own files keep of its events. */
export class Snapshots {
  /** Reads nothing yet. @param directory the run's */
  constructor(private readonly directory: string, private readonly clock: Clock) {}

  /**
   * The best picture of an event so far, as JPEG: the event may be told of a moment before the picture
   * is stored, so that it is waited for. `undefined` where there is none.
   */
  async read(id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const path = join(this.directory, snapshotPath(id));
    for (let waitedMs = 0;; waitedMs += LOOK_MS) {
      try {
        return await Deno.readFile(path);
      } catch (cause) {
        if (!(cause instanceof Deno.errors.NotFound) || waitedMs >= WAIT_MS) return undefined;
      }
      await this.clock.sleep(LOOK_MS);
    }
  }
}
