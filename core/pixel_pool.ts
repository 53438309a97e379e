/** Memory of pictures, used again: a megabyte a frame is too much to leave to the garbage collector. */

/** What a pool keeps at most. */
export interface PoolLimits {
  /** Buffers. */
  readonly buffersMax: number;
  /** Bytes of all of them. */
  readonly bytesMax: number;
}

/** Lengths that a pool knows as asked for: some sources' sizes. */
const LENGTHS_MAX = 16;

/**
 * Buffers that nobody uses, by their length. What is too much for it, or of a length that nobody has
 * asked for, is left to the garbage collector: a server's pictures come from a decoder that makes its own.
 */
export class PixelPool {
  /** Lengths that were asked for, the latest last. */
  readonly #lengths = new Set<number>();
  /** The one that was given back first is the first. */
  readonly #idle: ArrayBuffer[] = [];
  #bytes = 0;

  /** Holds nothing yet. */
  constructor(private readonly limits: PoolLimits) {}

  /** Bytes that it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /** So many bytes, all of a buffer of their own; they hold anything. */
  take(length: number): Uint8Array<ArrayBuffer> {
    this.#lengths.delete(length);
    this.#lengths.add(length);
    if (this.#lengths.size > LENGTHS_MAX) {
      this.#lengths.delete(this.#lengths.values().next().value!);
    }
    const place = this.#idle.findLastIndex(({ byteLength }) => byteLength === length);
    if (place < 0) return new Uint8Array(length);
    this.#bytes -= length;
    return new Uint8Array(this.#idle.splice(place, 1)[0]!);
  }

  /**
   * Takes a buffer that nobody looks at any more. The one that was given back first makes room: its
   * size may be that of a source that is gone.
   */
  giveBack(buffer: ArrayBuffer): void {
    // One that was transferred has no length: somebody else has it.
    if (buffer.byteLength === 0 || !this.#lengths.has(buffer.byteLength)) return;
    this.#idle.push(buffer);
    this.#bytes += buffer.byteLength;
    const { buffersMax, bytesMax } = this.limits;
    while (this.#idle.length > buffersMax || this.#bytes > bytesMax) {
      this.#bytes -= this.#idle.shift()!.byteLength;
    }
  }
}

/**
 * The pool of this thread's pictures. As many as Workers and sinks give back before new ones are made:
 * 5 of 4K, 20 of 1080p.
 */
export const pixelPool = new PixelPool({ buffersMax: 32, bytesMax: 128 * 2 ** 20 });
