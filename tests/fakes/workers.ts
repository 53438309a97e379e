/** The Workers that are made meanwhile, so that one of them can be made to crash. */

/** Keeps the Workers that are made while it lives. */
export class SeenWorkers implements Disposable {
  readonly made: Worker[] = [];
  readonly #Worker = globalThis.Worker;

  constructor() {
    const { made } = this;
    globalThis.Worker = class extends this.#Worker {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given);
        made.push(this);
      }
    };
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
