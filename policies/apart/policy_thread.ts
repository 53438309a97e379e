/** One Worker with a user's policy, as seen from the program: it is loaded, asked one thing at a time, ended. */

import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { Clock } from "../../core/clock.ts";
import { LateDecision } from "../loaded_policy.ts";
import { said } from "../show.ts";
import { NO_PROMISE, Unusable } from "../user_module.ts";
import { inTime } from "../../core/in_time.ts";
import type { Declared, Question, Reply, Start } from "./messages.ts";

/**
 * What a policy's Worker may keep, MiB. Node's Worker that runs out of it falls silent; one of the
 * platform's own would take the whole program with it.
 */
const HEAP_MIB_MAX = 128;

/** The policy returned a promise. */
export class Promised extends Error {}

/** The policy threw; the message is what that said. */
export class Threw extends Error {}

/** A running Worker. It may stop at any time by what the policy does: then `lost` says why. */
export class PolicyThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #loaded = Promise.withResolvers<Declared>();
  #asked: (PromiseWithResolvers<unknown> & { readonly id: number }) | undefined;
  #nextId = 0;
  #lost: string | undefined;
  /** Settles when the policy has let go of what it was asked. */
  #free = Promise.withResolvers<void>();

  /**
   * Starts it, and begins to import the module.
   *
   * @param took told how many milliseconds the policy itself took for each answer.
   */
  constructor(
    { url, path }: Pick<Start, "url" | "path">,
    private readonly took = (_: number) => {},
  ) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.on("message", (reply: Reply) => this.#hear(reply));
    // What was sent lies deeper than this thread can follow: nothing comes after it.
    port1.on(
      "messageerror",
      () => this.#lose("it returned too deep an object, plain data is wanted"),
    );
    this.#worker = new Worker(new URL("./policy_worker.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
    });
    this.#worker.on("error", (error) => this.#lose(`it failed with "${said(error)}"`));
    this.#worker.on("exit", (code) => this.#lose(`it ended its Worker with status ${code}`));
    this.#worker.postMessage({ url, path, port: port2 } satisfies Start, [port2]);
    this.#loaded.promise.catch(() => {}); // told to whoever asks for it
  }

  /** What the module says of itself, once it is imported. Rejects with `Unusable` when it is of no use. */
  get loaded(): Promise<Declared> {
    return this.#loaded.promise;
  }

  /** Why it can be asked no more: `it <found>`; `undefined` while it can. */
  get lost(): string | undefined {
    return this.#lost;
  }

  /**
   * Asks the policy; only once what was asked before has settled.
   *
   * @param endMs after which the Worker itself ends what the policy is at; that can be told late.
   * @throws {LateDecision} when that was so.
   * @throws {Threw} when the policy throws, {@link Promised} when it returns a promise.
   * @throws {Error} when what it returned is no data, or it stopped.
   */
  ask(snapshot: unknown, seed: number, endMs: number): Promise<unknown> {
    if (this.#lost !== undefined) return Promise.reject(new Error(this.#lost));
    const id = this.#nextId++;
    this.#port.postMessage({ id, snapshot, seed, endMs } satisfies Question);
    this.#free = Promise.withResolvers();
    this.#asked = { id, ...Promise.withResolvers<unknown>() };
    return this.#asked.promise;
  }

  /** Ends it at once; what it was asked fails with `why`. A loop that it is in goes on in its thread. */
  end(why: string): void {
    this.#lose(why);
    this.#port.close();
    void this.#worker.terminate();
  }

  /**
   * Ends it when it has let go of what it was asked, or after `ms`; what that was fails with `why` at
   * once.
   *
   * @returns whether it has: else its thread goes on, and nobody can end that.
   */
  async leave(why: string, ms: number, clock: Clock): Promise<boolean> {
    this.#lose(why);
    const isFree = await inTime(ms, this.#free.promise, clock);
    this.end(why);
    return isFree;
  }

  #hear(reply: Reply): void {
    switch (reply.kind) {
      case "loaded":
        return this.#loaded.resolve(reply.declared);
      case "unusable":
        this.#loaded.reject(new Unusable(reply.why));
        return this.#lose(reply.why);
      case "failed":
        return this.#lose(reply.why);
    }
    if (reply.id === this.#nextId - 1) this.#free.resolve();
    const asked = this.#asked;
    if (asked?.id !== reply.id) return;
    this.#asked = undefined;
    switch (reply.kind) {
      case "answered":
        this.took(reply.tookMs);
        return asked.resolve(reply.returned);
      case "refused":
        return asked.reject(new Error(reply.why));
      case "ended":
        asked.reject(new LateDecision("it did not answer in time"));
        return this.#lose("it was ended");
      case "promised":
        return asked.reject(new Promised(`it returned a promise, ${NO_PROMISE}`));
      case "threw":
        return asked.reject(new Threw(reply.why));
      default:
        return reply satisfies never;
    }
  }

  #lose(why: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = why;
    this.#loaded.reject(new Unusable(`${why}, a module that imports is wanted`));
    this.#asked?.reject(new Error(why));
    this.#asked = undefined;
  }
}
