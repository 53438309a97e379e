/** The dispatch policy of the moment: another one takes over without a request in between. */

import type { Picker } from "./picker.ts";

/** Picks by the picker that was given last; one before it ends with its last decision. */
export class CurrentPicker implements Pick<Picker, "pick" | "close"> {
  #current: Held;

  /** Takes over the picker. */
  constructor(picker: Pick<Picker, "pick" | "close">) {
    this.#current = new Held(picker);
  }

  /** Asks the picker of the moment, as it does. */
  pick(...asked: Parameters<Picker["pick"]>): Promise<string> {
    return this.#current.pick(...asked);
  }

  /** Takes over another picker, which is asked from now on. */
  change(picker: Pick<Picker, "pick" | "close">): void {
    this.#current.leave();
    this.#current = new Held(picker);
  }

  /** Ends the picker of the moment. */
  close(): void {
    this.#current.close();
  }
}

/** A picker, and how many wait for it. */
class Held {
  #waiting = 0;
  #isLeaving = false;

  constructor(private readonly picker: Pick<Picker, "pick" | "close">) {}

  async pick(...asked: Parameters<Picker["pick"]>): Promise<string> {
    this.#waiting++;
    try {
      return await this.picker.pick(...asked);
    } finally {
      if (--this.#waiting === 0 && this.#isLeaving) this.close();
    }
  }

  leave(): void {
    this.#isLeaving = true;
    if (this.#waiting === 0) this.close();
  }

  close(): void {
    this.picker.close();
  }
}
