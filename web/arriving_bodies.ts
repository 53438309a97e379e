/** Bodies that are on their way to the HTTP port: each bounded, and all of them together. */

import type { Clock } from "../core/clock.ts";
import { SmarteyeError } from "../core/errors.ts";
import { type BodyLimits, readBody } from "./body.ts";

/** Bodies of the greatest size that may be arriving at once. */
const ARRIVING_BODIES = 16;

/** What bounds a port's bodies. */
export interface ArrivingLimits
  extends Pick<BodyLimits, "bytesMax" | "timeoutMs" | "bytesPerSecMin"> {
  /** Bodies that may be arriving at once, whatever their size; any number unless said. */
  readonly bodiesMax?: number;
}

/** Reads bodies. What those hold that are not whole yet is bounded, whatever number of clients sends. */
export class ArrivingBodies {
  /** Those that arrive, the one that began first in front. */
  readonly #arriving = new Map<AbortController, number>();
  #bytes = 0;

  /** None arrives yet. `limits`: those of the moment. */
  constructor(
    private readonly limits: () => ArrivingLimits,
    private readonly clock: Clock,
  ) {}

  /** Bodies that are not whole yet. */
  get count(): number {
    return this.#arriving.size;
  }

  /**
   * The bytes of a body.
   *
   * @param own what is meant for this one: a time of its own, and who counts.
   * @throws {SmarteyeError} as `readBody` does, and `overloaded` when it has been arriving for longest of
   * more than may be.
   */
  async read(
    request: Request,
    own: Partial<Pick<BodyLimits, "timeoutMs" | "onBytes">> = {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    const body = new AbortController();
    this.#arriving.set(body, 0);
    const bounds = this.limits();
    if (this.#arriving.size > (bounds.bodiesMax ?? Infinity)) this.#giveUpLongest();
    const onBytes = (bytes: number) => {
      this.#came(body, bytes);
      own.onBytes?.(bytes);
    };
    const limits = { ...bounds, ...own, onBytes, signal: body.signal };
    try {
      return await readBody(request, limits, this.clock);
    } finally {
      this.#forget(body);
    }
  }

  #came(body: AbortController, bytes: number): void {
    const before = this.#arriving.get(body);
    if (before === undefined) return; // it was given up
    this.#arriving.set(body, before + bytes);
    this.#bytes += bytes;
    if (this.#bytes > ARRIVING_BODIES * this.limits().bytesMax) this.#giveUpLongest();
  }

  /** Who is in earnest is through soon. */
  #giveUpLongest(): void {
    const [longest] = this.#arriving.keys();
    longest!.abort(
      new SmarteyeError("overloaded", "Cannot take the body: too many are arriving at once"),
    );
    this.#forget(longest!);
  }

  #forget(body: AbortController): void {
    this.#bytes -= this.#arriving.get(body) ?? 0;
    this.#arriving.delete(body);
  }
}
