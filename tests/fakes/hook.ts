/** A receiver of webhooks, which may be away for a while, or slow. */

import type { EventMessage } from "../../edge/sink/added/messages/event_message.ts";
import { freePort } from "./mosquitto.ts";

/** Takes each message, and answers 204. */
export class Hook implements AsyncDisposable {
  /** What came, in order; what was sent twice is there twice. */
  readonly messages: EventMessage[] = [];
  readonly #port = freePort();
  readonly #over = Promise.withResolvers<void>();
  #server: Deno.HttpServer | undefined;

  /** Is there. @param answersAfterMs how long each answer takes */
  constructor(private readonly answersAfterMs = 0) {
    this.up();
  }

  /** Where it is. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`;
  }

  /** Is there again. */
  up(): void {
    const where = { port: this.#port, hostname: "127.0.0.1", onListen() {} };
    this.#server = Deno.serve(where, async (request) => {
      this.messages.push(await request.json());
      if (this.answersAfterMs > 0) await this.#wait();
      return new Response(null, { status: 204 });
    });
  }

  /** Is gone. */
  async down(): Promise<void> {
    await this.#server?.shutdown();
    this.#server = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.resolve();
    await this.down();
  }

  async #wait(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => timer = setTimeout(resolve, this.answersAfterMs));
    await Promise.race([late, this.#over.promise]);
    clearTimeout(timer);
  }
}
