/** Programs beside the bench: those that measure, and those that are measured. */

import { systemClock } from "../../core/clock.ts";

/** Milliseconds that a server may take to stop after it was told to. */
const STOP_MS = 20_000;

/**
 * Has another file of this program work as a process of its own.
 *
 * @param file beside this one.
 * @param job what it reads on stdin, as JSON.
 * @returns what it prints, read as JSON.
 * @throws when it fails; why stands on stderr.
 */
export async function runApart<Result>(file: string, job: unknown): Promise<Result> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL(file, import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(job)));
  await writer.close();
  const { success, code, stdout } = await process.output();
  if (!success) throw new Error(`Cannot measure: ${file} ended with ${code}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/**
 * Reads a program's output until something is there, and lets the rest go by.
 *
 * @returns what the pattern matched.
 * @throws when the output ends before, with its lines that tell of an error and its last part.
 */
export async function waitFor(
  output: ReadableStream<Uint8Array>,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  const reader = output.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      const errors = text.split("\n").filter((line) => /^E\d|error|fail/i.test(line)).slice(0, 20);
      const said = [...errors, `…${text.slice(-1000)}`].join("\n");
      throw new Error(`Cannot start the server: it ended, saying ${said}`);
    }
    text += value;
    const match = pattern.exec(text);
    if (!match) continue;
    // Nobody may be held up because its output is not read.
    (async () => {
      while (!(await reader.read()).done);
    })();
    return match;
  }
}

/** Tells a server to stop, and ends it when it does not. */
export async function stop(process: Deno.ChildProcess): Promise<void> {
  process.kill("SIGTERM");
  const over = new AbortController();
  const late = systemClock.sleep(STOP_MS, over.signal).then(() => {
    if (!over.signal.aborted) process.kill("SIGKILL");
  });
  await process.status;
  over.abort();
  await late;
}
