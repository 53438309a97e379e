/** A real server of NATS with JetStream, and NATS's own client as the reader. */

import { jetstreamManager, type StreamConfig } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { Folder } from "./folder.ts";
import { freePort } from "./mosquitto.ts";

/** The token that it asks for. */
const TOKEN = "hush";

/** A message of a stream. */
export interface KeptMessage {
  readonly subject: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A server on a free port that asks for the token `hush`, and may go away and come back. */
export class NatsServer implements AsyncDisposable {
  #child: Deno.ChildProcess | undefined;

  private constructor(private readonly folder: Folder, readonly port: number) {}

  /** Starts one; `undefined`, after it was said, where there is no nats-server. */
  static async start(): Promise<NatsServer | undefined> {
    const server = new NatsServer(new Folder(), freePort());
    try {
      await server.up();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      console.log("skipped: there is no nats-server");
      return undefined;
    }
  }

  /** Begins, with what it had. */
  async up(): Promise<void> {
    const { folder: { path }, port } = this;
    const args = ["-js", "-a", "127.0.0.1", "-p", String(port), "-sd", path, "--auth", TOKEN];
    const quiet = { stdout: "null", stderr: "null" } as const;
    this.#child = new Deno.Command("nats-server", { args, ...quiet }).spawn();
    for (let tries = 0; tries < 500; tries++) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    throw new Error("nats-server does not listen");
  }

  /** Is gone at once. */
  async down(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.status;
    this.#child = undefined;
  }

  /** What a stream has, in its order. */
  async kept(stream: string): Promise<{ all: KeptMessage[]; config: StreamConfig }> {
    const connection = await connect({ servers: `127.0.0.1:${this.port}`, token: TOKEN });
    const manager = await jetstreamManager(connection);
    const { state, config } = await manager.streams.info(stream);
    const all = [];
    for (let seq = 1; seq <= state.last_seq; seq++) {
      const message = await manager.streams.getMessage(stream, { seq });
      all.push({ subject: message!.subject, value: message!.json<Record<string, unknown>>() });
    }
    await connection.close();
    return { all, config };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
    await this.folder[Symbol.asyncDispose]();
  }
}
