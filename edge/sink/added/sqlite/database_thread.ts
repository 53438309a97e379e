/** The thread of a results database, as those see it that write there. */

import { cannotWrite } from "../../write.ts";
import type { Answered, Asked, Request } from "./messages.ts";

/** Asks the thread, and starts it again where it fell. */
export class DatabaseThread {
  readonly #asked = new Map<number, PromiseWithResolvers<Answered>>();
  #worker: Worker | undefined;
  #opening: Promise<unknown> | undefined;
  #id = 0;

  /** Starts nothing yet. */
  constructor(private readonly path: string) {}

  /** Has something done. @throws {SmarteyeError} when it cannot be. */
  async ask(request: Exclude<Request, { readonly ask: "open" }>): Promise<Answered> {
    await this.open();
    return await this.#ask(request);
  }

  /** Opens the file, if it is not open. @throws {SmarteyeError} when it cannot be written. */
  async open(): Promise<void> {
    try {
      await (this.#opening ??= this.#ask({ ask: "open", path: this.path }));
    } catch (error) {
      this.#opening = undefined; // there may be room for it the next time
      throw error;
    }
  }

  /** Ends the thread; what it is at is not waited for. */
  end(): void {
    this.#worker?.terminate();
    this.#fell("its thread ended");
  }

  async #ask(request: Request): Promise<Answered> {
    const worker = this.#worker ??= this.#start();
    const id = ++this.#id;
    const asked = Promise.withResolvers<Answered>();
    this.#asked.set(id, asked);
    worker.postMessage({ id, request } satisfies Asked);
    const answer = await asked.promise;
    if (answer.error !== undefined) throw cannotWrite(this.path, answer.error);
    return answer;
  }

  #start(): Worker {
    const worker = new Worker(new URL("./database_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answered>) => {
      this.#asked.get(data.id)?.resolve(data);
      this.#asked.delete(data.id);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.#worker === worker) this.#fell(event.message);
    };
    return worker;
  }

  #fell(error: string): void {
    this.#worker = undefined;
    this.#opening = undefined;
    for (const [id, { resolve }] of this.#asked) resolve({ id, error });
    this.#asked.clear();
  }
}
