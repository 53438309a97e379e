/** The real program in processes of its own. */

import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** What Deno has fetched is found again where a test moves the user's cache. */
const DENO_DIR = cacheOf(Deno.env.toObject());

function cacheOf(
  { DENO_DIR, XDG_CACHE_HOME, HOME }: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (DENO_DIR || Deno.build.os !== "linux") return {};
  const cache = XDG_CACHE_HOME || (HOME && `${HOME}/.cache`);
  return cache ? { DENO_DIR: `${cache}/deno` } : {};
}

/** What a run of the program left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program, running. */
export class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stdout: Promise<string>;
  readonly #stderr: Promise<string>;
  #said = "";
  #told = "";

  /**
   * @param start what Deno is told before the program's own arguments.
   * @param under a command that runs it, with its arguments.
   * @param cwd the directory that it runs in.
   */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    start: readonly string[] = ["run", "-A", MAIN],
    under: readonly string[] = [],
    cwd: string = ROOT,
  ) {
    const [command, ...all] = [...under, Deno.execPath(), ...start, ...args];
    this.#child = new Deno.Command(command!, {
      args: all,
      cwd,
      env: { ...DENO_DIR, SMARTEYE_CONFIG: "", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdout = this.#collect(this.#child.stdout, (text) => this.#said += text);
    this.#stderr = this.#collect(this.#child.stderr, (text) => this.#told += text);
  }

  /** Waits until stdout holds what `pattern` matches; fails with stderr when the program ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    return await this.#until(() => pattern.exec(this.#said), pattern);
  }

  /** Waits until stderr holds what `pattern` matches. */
  async tells(pattern: RegExp): Promise<RegExpExecArray> {
    return await this.#until(() => pattern.exec(this.#told), pattern);
  }

  /** The address of a server that was started with `--json`, once it is ready. */
  async address(): Promise<string> {
    return (await this.says(/"listen":"([^"]+)"/))[1]!;
  }

  /** Its process's number. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** What it left behind, once it has ended. */
  async ran(): Promise<Ran> {
    const { code } = await this.#child.status;
    return { code, stdout: await this.#stdout, stderr: await this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended already
    }
    await this.ran();
  }

  async #until(match: () => RegExpExecArray | null, pattern: RegExp): Promise<RegExpExecArray> {
    let ended = false;
    this.#child.status.then(() => ended = true);
    for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
      const found = match();
      if (found) return found;
      if (ended) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`it never wrote ${pattern}; stdout: ${this.#said}; stderr: ${this.#told}`);
  }

  async #collect(
    stream: ReadableStream<Uint8Array>,
    hear: (text: string) => void,
  ): Promise<string> {
    const decoder = new TextDecoder();
    let whole = "";
    for await (const chunk of stream) {
      const text = decoder.decode(chunk, { stream: true });
      whole += text;
      hear(text);
    }
    return whole;
  }
}

/** Runs the program to its end. */
export async function program(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Ran> {
  await using running = new Program(args, env, undefined, undefined, cwd);
  return await running.ran();
}
