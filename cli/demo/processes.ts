/** Child processes that end with their parent's work: started, awaited, stopped, never left behind. */

import type { Clock } from "../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { selfCommand } from "../../core/executable.ts";

/** Milliseconds that a server may take until it is ready: it measures its models at the first start. */
const READY_MS = 120_000;

/** Milliseconds that a process may take to stop by itself. */
const STOP_MS = 8_000;

/** Milliseconds that are waited for the last that a failed process said. */
const LAST_WORDS_MS = 1_000;

/** Characters of a process's stderr that are kept, to say why it failed. */
const TAIL_LENGTH = 2_000;

/** Whether a process's stderr is shown, or kept until something goes wrong. */
export type Stderr = "inherit" | "keep";

/** Children that run: when this process is stopped at once, they are too. */
const running = new Set<Deno.ChildProcess>();
addEventListener("unload", () => {
  for (const child of running) child.kill("SIGKILL");
});
// They do not hear that the terminal was closed, and their parent would end without a word to them.
if (Deno.build.os !== "windows") {
  Deno.addSignalListener("SIGHUP", () => {
    for (const child of running) child.kill("SIGTERM");
  });
}

/** This very program, started again with other arguments. */
export class SelfProcess {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reading: Promise<void>;
  #tail = "";

  /**
   * Starts it at once.
   *
   * @param name what it is called in messages.
   * @param clock measures how long it may take to start and to stop.
   * @param environment what is set for it, beside what is set for this process.
   */
  constructor(
    private readonly name: string,
    args: readonly string[],
    stderr: Stderr,
    private readonly clock: Clock,
    environment: Readonly<Record<string, string>> = {},
  ) {
    const { command, args: before } = selfCommand();
    this.#child = new Deno.Command(command, {
      args: [...before, ...args],
      env: { ...environment },
      stdin: "null",
      stdout: "piped",
      stderr: stderr === "inherit" ? "inherit" : "piped",
      // Ctrl-C in the terminal is for the parent, which stops its children in order.
      detached: true,
    }).spawn();
    running.add(this.#child);
    this.#child.status.then(() => running.delete(this.#child));
    this.#lines = linesOf(this.#child.stdout);
    this.#reading = stderr === "inherit" ? Promise.resolve() : this.#keepTail();
  }

  /**
   * The address that a server prints when it is ready.
   *
   * @throws {SmarteyeError} `failed_precondition` when it ends instead, with the last that it said.
   */
  async listenAddress(): Promise<string> {
    const line = await this.#within(READY_MS, this.nextLine());
    if (line === undefined) throw await this.failure("it is not ready");
    try {
      return JSON.parse(line).listen;
    } catch (cause) {
      throw await this.failure(messageOf(cause));
    }
  }

  /** The next line on its stdout. @throws {SmarteyeError} when it ends without one. */
  async nextLine(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (!done) return value;
    throw await this.failure("it ended");
  }

  /** Its exit status, once it has ended by itself. */
  async ended(): Promise<number> {
    return (await this.#child.status).code;
  }

  /** Asks it to finish what it is doing. */
  interrupt(): void {
    this.#signal("SIGINT");
  }

  /** Stops it, by force if it must be. */
  async stop(): Promise<void> {
    this.#signal("SIGTERM");
    if (!await this.#within(STOP_MS, this.#child.status)) this.#signal("SIGKILL");
    await this.#child.status;
    await this.#reading;
    await this.#lines.return?.();
  }

  /** What `promise` brings, or `undefined` when it takes too long. */
  async #within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
    const over = new AbortController();
    try {
      return await Promise.race([promise, this.clock.sleep(ms, over.signal).then(() => undefined)]);
    } finally {
      over.abort();
    }
  }

  #signal(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
  }

  /** The error that tells what was found wrong with it, and the last that it said; it is asked to end. */
  async failure(found: string): Promise<SmarteyeError> {
    this.#signal("SIGTERM");
    await this.#within(LAST_WORDS_MS, this.#reading);
    const said = this.#tail.trim();
    return new SmarteyeError(
      "failed_precondition",
      `Cannot run ${this.name}: ${found}${said ? `; it said:\n${said}` : ""}`,
    );
  }

  async #keepTail(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stderr) {
      this.#tail = (this.#tail + decoder.decode(chunk, { stream: true })).slice(-TAIL_LENGTH);
    }
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    const lines = (text + decoder.decode(chunk, { stream: true })).split("\n");
    text = lines.pop()!;
    yield* lines;
  }
  if (text !== "") yield text;
}
