/** The executable as `deno compile` makes it, where Deno's base binary can be had. */

import { join } from "node:path";
import { PERMISSIONS } from "../core/executable.ts";
import { messageOf } from "../core/errors.ts";
import type { Sources } from "./sources.ts";

/** Whether it was made; if not, why. */
export type Compiled = { readonly made: true } | { readonly made: false; readonly why: string };

/**
 * Runs `deno compile` on the laid-out program, and then what it made: a base binary that does not
 * run the program is a failure like any other.
 *
 * @param app the directory that holds the laid-out program.
 * @param out the file to write.
 * @param waitMs how long it may take, the download of the base binary included.
 * @param base the base binary; absent: the one that Deno has or downloads.
 */
export async function compile(
  app: string,
  sources: Sources,
  out: string,
  waitMs: number,
  base?: string,
): Promise<Compiled> {
  const aside = await Deno.makeTempDir({ prefix: "smarteye-compile-" });
  const made = join(aside, Deno.build.os === "windows" ? "smarteye.exe" : "smarteye");
  const signal = AbortSignal.timeout(waitMs);
  try {
    const included = [...sources.workers, ...sources.assets];
    const compiling = await output(
      Deno.execPath(),
      [
        "compile",
        ...["--self-extracting", "--no-check", "--no-lock", "--app-name", "smarteye"],
        ...PERMISSIONS,
        ...included.flatMap((path) => ["--include", path]),
        ...["--output", made, "main.ts"],
      ],
      app,
      signal,
      base === undefined ? {} : { DENORT_BIN: base },
    );
    if (compiling.code !== 0) return { made: false, why: reasonIn(compiling.stderr) };

    const trying = await output(made, ["--version"], aside, signal);
    if (trying.code !== 0 || !trying.stdout.startsWith("smarteye ")) {
      return { made: false, why: "the compiled file does not run the program" };
    }
    await Deno.copyFile(made, out);
    return { made: true };
  } catch (error) {
    return { made: false, why: messageOf(error) };
  } finally {
    await Deno.remove(aside, { recursive: true });
  }
}

/** The innermost cause that `deno compile` names, which is the one that can be acted on. */
export function reasonIn(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  const causes = lines.filter((line) => /^\d+: (?!<unknown>)/.test(line));
  const error = lines.findLast((line) => line.startsWith("error: "));
  const reason = causes.at(-1)?.replace(/^\d+: /, "") ?? error?.slice("error: ".length);
  const download = lines.some((line) => line.startsWith("Download ") && line.includes("denort"));
  return (download ? "Deno's base binary cannot be downloaded: " : "") +
    (reason ?? lines.findLast((line) => line !== "") ?? "deno compile failed");
}

async function output(
  command: string,
  args: string[],
  cwd: string,
  signal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
) {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd,
    signal,
    env: { NO_COLOR: "1", ...env },
  }).output();
  if (signal.aborted) throw new Error("it took too long");
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
