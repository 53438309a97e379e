/** The user's pip: it knows the user's proxies, mirrors and credentials. */

import { type Clock, OVER } from "../../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../../core/errors.ts";

/** The command that runs Python. */
const PYTHON = "python3";

/** What is wanted where there is no pip. */
const WANTED =
  "a Python with pip is wanted, such as Debian's python3-pip, or a directory with the " +
  "libraries ([inference] ort_lib, SMARTEYE_ORT_LIB)";

/** Milliseconds between two looks at how far it is. */
const LOOK_MS = 500;

/** Milliseconds without a byte after which it is given up: its own timeouts are shorter. */
const STALL_MS = 300_000;

/** Milliseconds in which it tells its version. */
const VERSION_MS = 30_000;

/** How pip is run. */
export interface PipOptions {
  /** Where it may put what is on its way; a `/tmp` in memory would be too small. */
  readonly temporary: string;
  /** Stalls are told by it. */
  readonly clock: Clock;
  /** Stops it. */
  readonly drain: AbortSignal;
  /** Called now and then. @returns bytes that are there: while they grow, it is not stuck. */
  readonly look: () => Promise<number>;
  /** Further variables of its environment. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/**
 * Asks for pip's version.
 *
 * @throws {SmarteyeError} `failed_precondition` where there is no Python, or none with pip.
 */
export async function pipVersion(clock: Clock, python: string = PYTHON): Promise<string> {
  const over = new AbortController();
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(python, {
      args: ["-m", "pip", "--version"],
      signal: tooLate(clock, VERSION_MS, over.signal),
    }).output();
  } catch (cause) {
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot run "${python} -m pip": ${messageOf(cause)}; ${WANTED}`,
      { cause },
    );
  } finally {
    over.abort(OVER);
  }
  const { success, stdout, stderr } = output;
  const version = /^pip (\S+)/.exec(new TextDecoder().decode(stdout))?.[1];
  if (success && version !== undefined) return version;
  const said = lastLine(new TextDecoder().decode(stderr)) || "it failed";
  throw new SmarteyeError(
    "failed_precondition",
    `Cannot run "${python} -m pip": ${said}; ${WANTED}`,
  );
}

/**
 * Runs pip.
 *
 * @throws {SmarteyeError} `failed_precondition` with what it said last, when it fails; `cancelled` when
 * it was to stop.
 */
export async function pip(
  args: readonly string[],
  { temporary, clock, drain, look, environment }: PipOptions,
  python: string = PYTHON,
): Promise<void> {
  if (drain.aborted) throw stopped();
  const over = new AbortController();
  const child = new Deno.Command(python, {
    args: ["-m", "pip", "--disable-pip-version-check", "--no-input", ...args],
    env: { TMPDIR: temporary, PIP_USER: "0", PIP_ROOT_USER_ACTION: "ignore", ...environment },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.any([drain, over.signal]),
  }).spawn();
  let isDone = false;
  let isStuck = false;
  const watch = async () => {
    let growth = { bytes: -1, atMs: clock.nowMs() };
    while (!isDone) {
      const bytes = await look();
      const atMs = clock.nowMs();
      if (bytes !== growth.bytes) growth = { bytes, atMs };
      isStuck = atMs - growth.atMs > STALL_MS;
      if (isStuck) return over.abort();
      await clock.sleep(LOOK_MS, watching.signal);
    }
  };
  const watching = new AbortController();
  const watched = watch();
  const { success, stdout, stderr } = await child.output();
  isDone = true;
  watching.abort(OVER);
  await watched;
  if (success) return;
  if (drain.aborted) throw stopped();
  const decoder = new TextDecoder();
  const said = isStuck
    ? `nothing came for ${STALL_MS / 1000} s`
    : lastLine(decoder.decode(stderr)) || lastLine(decoder.decode(stdout)) || "it failed";
  throw new SmarteyeError("failed_precondition", `pip ${args[0]} failed: ${said}`);
}

function stopped(): SmarteyeError {
  return new SmarteyeError("cancelled", "it was stopped");
}

/** Aborts after so long, unless `over` does before. */
function tooLate(clock: Clock, ms: number, over: AbortSignal): AbortSignal {
  const late = new AbortController();
  void clock.sleep(ms, over).then(() => over.aborted || late.abort());
  return late.signal;
}

/** The last thing that went wrong, as pip marks it, else its last line. */
function lastLine(text: string): string {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const wrong = lines.findLast((line) => line.startsWith("ERROR:"));
  return (wrong ?? lines.at(-1) ?? "").replace(/^ERROR: /, "");
}
