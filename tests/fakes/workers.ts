/** The Workers that are made meanwhile: what they are asked, which can be held back, and their end. */

import type { WorkerRequest, WorkerTask } from "../../inference/workers/worker_messages.ts";

/** The kind of a task. */
type Kind = WorkerTask["kind"];

/** Keeps the Workers that are made while it lives. */
export class SeenWorkers implements Disposable {
  readonly made: Worker[] = [];
  /** What they were asked, and the number of the Worker, in order. */
  readonly asked: { readonly worker: number; readonly kind: Kind }[] = [];
  /** How many inputs each inference had that they were asked for. */
  readonly inferred: number[] = [];
  readonly #Worker = globalThis.Worker;
  readonly #held: (() => void)[] = [];
  #holds: Kind | undefined;
  #spoils = false;

  constructor() {
    const see = (worker: Worker, message: unknown, send: (message: unknown) => void) => {
      const { id, task } = message as Partial<WorkerRequest>;
      const kind = task?.kind;
      if (task?.kind === "infer") this.inferred.push(task.inputs.length);
      if (kind) this.asked.push({ worker: this.made.indexOf(worker), kind });
      const isSpoilt = this.#spoils && kind === "load";
      const sent = isSpoilt ? { id, task: { ...task, weights: new Uint8Array(8) } } : message;
      if (kind && kind === this.#holds) this.#held.push(() => send(sent));
      else send(sent);
    };
    const { made } = this;
    globalThis.Worker = class extends this.#Worker {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given);
        made.push(this);
      }

      override postMessage(
        message: unknown,
        transfer?: Transferable[] | StructuredSerializeOptions,
      ) {
        see(this, message, (sent) => super.postMessage(sent, transfer as Transferable[]));
      }
    };
  }

  /** Numbers of the Workers that were asked for this, in order. */
  askedFor(wanted: Kind): number[] {
    return this.asked.filter(({ kind }) => kind === wanted).map(({ worker }) => worker);
  }

  /** Holds tasks of a kind back from now on; those of all kinds are let through when absent. */
  hold(kind?: Kind): void {
    this.#holds = kind;
  }

  /** Has Workers load other bytes than those of the model, or the right ones again. */
  spoil(spoils: boolean): void {
    this.#spoils = spoils;
  }

  /** Lets the oldest task through that is held back. */
  release(): void {
    this.#held.shift()?.();
  }

  [Symbol.dispose](): void {
    globalThis.Worker = this.#Worker;
  }
}

/** Lets a Worker of the pool stumble over a message that nobody sends: what it throws, nobody catches. */
export function crash(worker: Worker): void {
  worker.postMessage({ id: -1 });
}

/** Tells whoever made the Worker that it stopped. */
export function stop(worker: Worker): void {
  worker.onerror?.(new ErrorEvent("error", { message: "a test stopped it", cancelable: true }));
}
