/** How this very program is started: the one place that knows in which form it runs. */

import { fileURLToPath } from "node:url";

/**
 * What the roles are allowed to do: read and write files (videos, models, results), the network,
 * settings and machine facts (cores, memory, load), the native libraries of inference and video,
 * and starting this program again. Code from the network is never imported. The tasks in `deno.json`
 * give each role only its share of this.
 */
export const PERMISSIONS: readonly string[] = [
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-net",
  "--allow-env",
  "--allow-sys",
  "--allow-ffi",
  "--allow-run",
];

/** The variable in which a built file that unpacks itself names its own absolute path. */
export const EXECUTABLE_VARIABLE = "SMARTEYE_EXECUTABLE";

/** A program and the arguments that come before the caller's own. */
export interface SelfCommand {
  /** A path, or a name that is looked up in PATH. */
  readonly command: string;
  /** Come before the caller's own. */
  readonly args: string[];
}

/** What is known about the running program; tests bring their own. */
export interface RunningProgram {
  /** The value of {@link EXECUTABLE_VARIABLE}, if it is set. */
  readonly executable: string | undefined;
  /** Whether `deno compile` made the program. */
  readonly isCompiled: boolean;
  /** The program of this process: Deno, or the compiled file. */
  readonly execPath: string;
}

/**
 * How to start this very program again: `main.ts` under Deno, the compiled file, or the file that
 * unpacked itself and now runs.
 */
export function selfCommand(running: RunningProgram = thisProgram()): SelfCommand {
  const { executable, isCompiled, execPath } = running;
  if (executable) return { command: executable, args: [] };
  if (isCompiled) return { command: execPath, args: [] };
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  return { command: execPath, args: ["run", ...PERMISSIONS, main] };
}

function thisProgram(): RunningProgram {
  return {
    executable: Deno.env.get(EXECUTABLE_VARIABLE),
    isCompiled: Deno.build.standalone,
    execPath: Deno.execPath(),
  };
}
