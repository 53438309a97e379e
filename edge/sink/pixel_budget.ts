/** How many pixels are worked on at once: memory goes by pixels, not by pictures. */

interface Waiting {
  readonly pixels: number;
  readonly begin: () => void;
}

/** Room for so many pixels; who finds none waits in turn. One picture that is larger goes alone. */
export class PixelBudget {
  readonly #waiting: Waiting[] = [];
  #taken = 0;

  /** All of it is free. */
  constructor(private readonly pixelsMax: number) {}

  /** Does something once there is room for so many pixels, and holds them until that is done. */
  async hold<T>(pixels: number, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((begin) => {
      this.#waiting.push({ pixels, begin });
      this.#beginWhatCan();
    });
    try {
      return await work();
    } finally {
      this.#taken -= pixels;
      this.#beginWhatCan();
    }
  }

  #beginWhatCan(): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (this.#taken > 0 && this.#taken + next.pixels > this.pixelsMax) return;
      this.#waiting.shift();
      this.#taken += next.pixels;
      next.begin();
    }
  }
}

/**
 * Pictures that are drawn at once, by all sinks of all runs together: 2 of 4K, each of them as RGB, in the
 * encoder and as a file, some 100 MB.
 */
export const drawing: PixelBudget = new PixelBudget(2 * 3840 * 2160);
