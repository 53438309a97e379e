/** Settings from the text of a file, an environment and a command line. */

import { join } from "node:path";
import { configure, type Configured, NOTHING_GIVEN } from "../../cli/config/configure.ts";

/** Where tests resolve. */
export const AROUND = { directory: Deno.cwd(), cores: 6, startedAtMs: Date.UTC(2026, 0, 2) };

/** Configures with `text` as the file, in a directory of its own. */
export function configured(
  text: string | Uint8Array | undefined,
  environment: Record<string, string> = {},
  commandLine = NOTHING_GIVEN,
): Configured {
  const directory = Deno.makeTempDirSync();
  try {
    if (text !== undefined) {
      Deno.mkdirSync(join(directory, "config"));
      const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
      Deno.writeFileSync(join(directory, "config/config.ini"), bytes);
    }
    return configure(commandLine, environment, directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}
