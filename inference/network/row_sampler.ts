/** Bilinear sampling in WebAssembly: what `bilinear.ts` says, four values at a time. */

import type { Pixels } from "../../core/frame.ts";
import { ONE, type Sampling } from "./bilinear.ts";

/** `bilinear.wat`: samples one row. Every number but the two shares and the count is a place in its memory. */
type SampleRow = (
  near: number,
  weights: number,
  count: number,
  above: number,
  below: number,
  up: number,
  down: number,
  tables: number,
  red: number,
  green: number,
  blue: number,
) => void;

/** Bytes of a page of memory, the unit in which it grows. */
const PAGE = 65536;

/** What the kernel reads behind a row's last pixel, rounded up. */
const SLACK = 16;

/** Bytes of a float32, and of the two numbers that the kernel knows of a column. */
const WORD = 4;

/** Part of a scaled picture, and where in the tensor it goes. */
export interface Part {
  /** First column and row of the scaled picture that is wanted. */
  readonly left: number;
  /** See `left`. */
  readonly top: number;
  /** Column and row behind the last one that is wanted. */
  readonly right: number;
  /** See `right`. */
  readonly bottom: number;
  /** Elements of the tensor at which red, green and blue of the first wanted pixel go. */
  readonly places: readonly [red: number, green: number, blue: number];
  /** Elements of the tensor from one row to the next. */
  readonly rowLength: number;
}

/** Compiled once a thread. */
let compiled: WebAssembly.Module | undefined;

/** Those that were closed in this thread: their memory, which nobody can free, is used again. */
const spares: RowSampler[] = [];

/** How many of them are kept, and the most memory that one of them may have. */
const SPARES_MAX = 4;

/** See `SPARES_MAX`. */
const SPARE_BYTES_MAX = 32 << 20;

/**
 * Samples pictures into a float32 tensor of planes. The tensor lies in its memory, as do the tables of
 * colours, the columns, and two rows of the source: memory does not grow with the picture's height.
 */
export class RowSampler {
  readonly #memory: WebAssembly.Memory;
  readonly #sampleRow: SampleRow;
  #tablesBytes = 0;
  #tensor = new Float32Array(0);
  /** Places behind the tensor: of the columns' offsets, of their weights, of the first row. */
  #near = 0;
  #weights = 0;
  #rows = 0;
  /** Whose columns are in memory. */
  #columnsOf: Sampling | undefined;

  private constructor() {
    compiled ??= new WebAssembly.Module(
      Deno.readFileSync(new URL("./bilinear.wasm", import.meta.url)),
    );
    this.#memory = new WebAssembly.Memory({ initial: 1, maximum: PAGE });
    const { exports } = new WebAssembly.Instance(compiled, { sampler: { memory: this.#memory } });
    this.#sampleRow = exports["row"] as unknown as SampleRow;
  }

  /** Begins anew. @param tables the float32 of each byte of red, of green and of blue. */
  #begin(tables: readonly Float32Array[]): this {
    new Uint8Array(this.#buffer).fill(0); // as a new one: what another model saw is nobody's business
    this.#tablesBytes = tables.length * 256 * WORD;
    tables.forEach((table, i) => new Float32Array(this.#buffer, i * 256 * WORD, 256).set(table));
    this.#tensor = new Float32Array(this.#buffer, this.#tablesBytes, 0);
    this.#columnsOf = undefined;
    return this;
  }

  /** All of its memory, which is not shared; another one after it has grown. */
  get #buffer(): ArrayBuffer {
    return this.#memory.buffer as ArrayBuffer;
  }

  /**
   * Opens one, with tables of 256 values each.
   *
   * @returns nothing where the machine has no such instructions, or no room for one more memory: each
   * asks for much address space.
   */
  static open(tables: readonly Float32Array[]): RowSampler | undefined {
    try {
      return (spares.pop() ?? new RowSampler()).#begin(tables);
    } catch (error) {
      if (error instanceof WebAssembly.CompileError || error instanceof RangeError) {
        return undefined;
      }
      throw error;
    }
  }

  /** Ends it: neither it nor a tensor of it may be used any more. */
  close(): void {
    const { byteLength } = this.#buffer;
    if (spares.length < SPARES_MAX && byteLength <= SPARE_BYTES_MAX) spares.push(this);
  }

  /** The tensor. One that was returned earlier may not be looked at any more. */
  tensor(length: number): Float32Array<ArrayBuffer> {
    if (this.#tensor.length < length) {
      this.#reserve(this.#tablesBytes + length * WORD);
      this.#tensor = new Float32Array(this.#buffer, this.#tablesBytes, length);
      this.#columnsOf = undefined; // they were where it is now
    }
    return this.#tensor.subarray(0, length);
  }

  /** Samples a part of a scaled picture into the tensor, which must have room for it. */
  sample({ width, data }: Pixels, sampling: Sampling, part: Part): void {
    const stride = 3 * width;
    if (this.#columnsOf !== sampling) this.#placeColumns(sampling, stride);
    const { left, right, places, rowLength } = part;
    const { near, far, weight } = sampling.rows;
    const count = right - left;
    if (count < 1) return;
    const rows = new Uint8Array(this.#buffer, this.#rows, 2 * stride);
    const held = [-1, -1];
    /** Place of a source row, brought into memory if it is not there; never over the row `beside` it. */
    const bring = (offset: number, beside: number) => {
      let slot = held.indexOf(offset);
      if (slot < 0) {
        slot = held[0] === beside ? 1 : 0;
        rows.set(data.subarray(offset, offset + stride), slot * stride);
        held[slot] = offset;
      }
      return this.#rows + slot * stride;
    };
    for (let y = part.top; y < part.bottom; y++) {
      const above = bring(near[y]!, far[y]!);
      const below = bring(far[y]!, near[y]!);
      const down = weight[y]!;
      const to = this.#tablesBytes + (y - part.top) * rowLength * WORD;
      this.#sampleRow(
        this.#near + left * WORD,
        this.#weights + left * WORD,
        count,
        above,
        below,
        ONE - down,
        down,
        0,
        to + places[0] * WORD,
        to + places[1] * WORD,
        to + places[2] * WORD,
      );
    }
  }

  #placeColumns(sampling: Sampling, stride: number): void {
    const { near, weight } = sampling.columns;
    this.#near = this.#tablesBytes + this.#tensor.length * WORD;
    this.#weights = this.#near + near.length * WORD;
    this.#rows = this.#weights + near.length * WORD;
    this.#reserve(this.#rows + 2 * stride + SLACK);
    const buffer = this.#buffer;
    new Int32Array(buffer, this.#near, near.length).set(near);
    // The right one of the two is the next pixel, or has no weight: the kernel needs no offset of it.
    new Int32Array(buffer, this.#weights, near.length)
      .set(weight.map((right) => ONE - right | right << 16));
    this.#columnsOf = sampling;
  }

  /** Makes the memory at least so long. Views of it are then gone, and the tensor is a new one. */
  #reserve(bytes: number): void {
    const missing = bytes - this.#buffer.byteLength;
    if (missing <= 0) return;
    this.#memory.grow(Math.ceil(missing / PAGE));
    const { length } = this.#tensor;
    this.#tensor = new Float32Array(this.#buffer, this.#tablesBytes, length);
  }
}
