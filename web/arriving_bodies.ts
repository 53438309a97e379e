/** Bodies that are on their way to the HTTP port: each bounded, and all of them together. */

import type { Clock } from "../core/clock.ts";
import { SmarteyeError } from "../core/errors.ts";
import { type BodyLimits, readBody } from "./body.ts";

/** Bodies of the greatest size that may be arriving at once. */
const ARRIVING_BODIES = 16;

/** Reads bodies. What those hold that are not whole yet is bounded, whatever number of clients sends. */
export class ArrivingBodies {
  /** Those that arrive, the one that began first in front. */
  readonly #arriving = new Map<AbortController, number>();
  #bytes = 0;

  /** None arrives yet. */
  constructor(
    private readonly limits: Pick<BodyLimits, "bytesMax" | "timeoutMs">,
    private readonly clock: Clock,
  ) {}

  /**
   * The bytes of a body.
   *
   * @throws {SmarteyeError} as `readBody` does, and `overloaded` when it has been arriving for longest of
   * more than may be.
   */
  async read(request: Request): Promise<Uint8Array<ArrayBuffer>> {
    const body = new AbortController();
    this.#arriving.set(body, 0);
    const onBytes = (bytes: number) => this.#came(body, bytes);
    try {
      return await readBody(request, { ...this.limits, onBytes, signal: body.signal }, this.clock);
    } finally {
      this.#forget(body);
    }
  }

  #came(body: AbortController, bytes: number): void {
    const before = this.#arriving.get(body);
    if (before === undefined) return; // it was given up
    this.#arriving.set(body, before + bytes);
    this.#bytes += bytes;
    if (this.#bytes <= ARRIVING_BODIES * this.limits.bytesMax) return;
    // Who is in earnest is through soon.
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
