/** A real RTSP camera in a process of its own: GStreamer's server, where it is installed. */

import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("rtsp_server.py", import.meta.url));

/** What says that the server can run: the modules and the elements that it needs. */
const PROBE = `
import gi
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
missing = [e for e in ("videotestsrc", "x264enc", "rtph264pay") if not Gst.ElementFactory.find(e)]
print("missing " + ", ".join(missing) if missing else "ready")
`;

/** Milliseconds that a server may take to start, or to do what it is told. */
const PATIENCE_MS = 20_000;

/** What a camera is like. */
export interface RtspScript {
  readonly size?: string;
  readonly user?: string;
  readonly password?: string;
  readonly auth?: "basic" | "digest";
  /** It refuses to send over TCP. */
  readonly udp?: boolean;
}

/** Starts cameras. */
export interface RtspRig {
  /** A camera at a free port, or at the given one. */
  start(script?: RtspScript, port?: number): Promise<RtspServer>;
  /** A camera that is not there yet. */
  planned(script?: RtspScript): RtspServer;
}

/** What starts cameras; a text where nothing can: what is missing. */
export async function rtspRig(): Promise<RtspRig | string> {
  const reasons: string[] = [];
  for (const python of ["python3", "/usr/bin/python3"]) {
    const said = await probe(python);
    if (said !== "ready") {
      reasons.push(`${python}: ${said}`);
      continue;
    }
    const planned = (script = {}, port = freePort()) => new RtspServer(python, script, port);
    return {
      planned,
      start: async (script, port) => {
        const server = planned(script, port);
        await server.start();
        return server;
      },
    };
  }
  return `GStreamer's RTSP server is there for Python: ${reasons.join("; ")}`;
}

async function probe(python: string): Promise<string> {
  try {
    const { stdout, stderr } = await new Deno.Command(python, {
      args: ["-c", PROBE],
      stdin: "null",
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    return text(stdout) || text(stderr).split("\n").at(-1) || "it says nothing";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A port that is free now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** One camera; it can be killed and started again. */
export class RtspServer implements AsyncDisposable {
  #child: Deno.ChildProcess | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #lines: AsyncIterator<string> | undefined;

  /** Starts nothing. */
  constructor(
    private readonly python: string,
    private readonly script: RtspScript,
    readonly port: number,
  ) {}

  /** Its address; credentials as they are to stand in a URL. */
  url(credentials = ""): string {
    return `rtsp://${credentials && credentials + "@"}127.0.0.1:${this.port}/live`;
  }

  /** Starts it, and waits until it listens. */
  async start(): Promise<void> {
    const { size, user, password, auth, udp } = this.script;
    const child = new Deno.Command(this.python, {
      args: [
        SCRIPT,
        `--port=${this.port}`,
        ...(size === undefined ? [] : [`--size=${size}`]),
        ...(user === undefined ? [] : [`--user=${user}`, `--password=${password ?? ""}`]),
        ...(auth === undefined ? [] : [`--auth=${auth}`]),
        ...(udp ? ["--udp"] : []),
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#lines = linesOf(child.stdout);
    await this.#hears("ready");
  }

  /** Gives a command and waits until it is obeyed: `stall`, `resume`, `size WxH`. */
  async tell(command: string): Promise<void> {
    await this.#writer!.write(new TextEncoder().encode(`${command}\n`));
    await this.#hears(`done ${command.split(" ")[0]}`);
  }

  /** Sends it a signal: SIGSTOP freezes it with all connections open, SIGCONT wakes it. */
  signal(signal: Deno.Signal): void {
    this.#child!.kill(signal);
  }

  /** Kills it without a goodbye. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    try {
      child.kill("SIGKILL");
    } catch {
      // it has ended already
    }
    await this.#writer!.abort().catch(() => {});
    await this.#lines!.return?.();
    await child.status;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  async #hears(line: string): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`it never said "${line}"`)), PATIENCE_MS);
    });
    try {
      while (true) {
        const { value, done } = await Promise.race([this.#lines!.next(), late]);
        if (done) throw new Error(`it ended before it said "${line}"`);
        if (value === line) return;
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = text.split("\n");
    text = lines.pop()!;
    yield* lines;
  }
}
