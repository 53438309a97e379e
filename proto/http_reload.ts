/** operator ↔ forwarder: what became of reading the settings again. */

import { z } from "zod";
import type { Schema } from "./http_schema.ts";

/** Answer to `POST /v1/reload`. */
export interface ReloadAnswer {
  /** Settings that are others now, as the config calls them. */
  readonly changed: readonly string[];
  /** Settings that are others, too, and count when the forwarder is started again. */
  readonly needs_restart: readonly string[];
}

/** Reads it from JSON. */
export const ReloadAnswer: Schema<ReloadAnswer> = z.object({
  changed: z.array(z.string()).describe("Settings that are others now."),
  needs_restart: z.array(z.string()).describe("Settings that count at the next start."),
});

/** The answer as it goes over the wire. */
export function reloadAnswerOf(
  { changed, needsRestart }: {
    readonly changed: readonly string[];
    readonly needsRestart: readonly string[];
  },
): ReloadAnswer {
  return { changed, needs_restart: needsRestart };
}
