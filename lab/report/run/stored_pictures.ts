/** Of which frames a run stored a picture: a bit each, as there may be a million. */

const PICTURE = /^frame_(\d{6,})\.jpg$/;

/** Frames that are known one by one. */
const FRAMES_MAX = 80_000_000;

/** What pictures of frames there are. */
export class StoredPictures {
  #bits = new Uint8Array(1024);
  #count = 0;

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** Whether there is one of a frame. */
  has(frame: number): boolean {
    return ((this.#bits[frame >> 3] ?? 0) & (1 << (frame & 7))) !== 0;
  }

  /** Looks into the directory of a run. */
  static async in(directory: string): Promise<StoredPictures> {
    const pictures = new StoredPictures();
    for await (const { name, isFile } of Deno.readDir(directory)) {
      const number = isFile ? Number(PICTURE.exec(name)?.[1] ?? NaN) : NaN;
      if (number < FRAMES_MAX) pictures.#add(number);
    }
    return pictures;
  }

  #add(frame: number): void {
    if (frame >> 3 >= this.#bits.length) {
      const bits = new Uint8Array(2 * (frame >> 3));
      bits.set(this.#bits);
      this.#bits = bits;
    }
    if (!this.has(frame)) this.#count++;
    this.#bits[frame >> 3]! |= 1 << (frame & 7);
  }
}
