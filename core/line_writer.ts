/** Lines to a stream that may be slow: nobody waits for it, and what it does not take is counted. */

/** What is needed of stdout. */
export interface LineStream {
  /** Writes some of the bytes; resolves to how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Characters that may wait, at most. */
const WAITING_MAX = 4 * 1024 * 1024;

/** Writes lines in order. */
export class LineWriter {
  #waiting: string[] = [];
  #length = 0;
  #lost = 0;
  #writing: Promise<void> | undefined;
  #isGone = false;

  /**
   * Writes nothing yet.
   *
   * @param lostLine what is written once lines are taken again, after so many were lost.
   */
  constructor(
    private readonly stream: LineStream,
    private readonly lostLine: (lines: number) => string,
    private readonly waitingMax: number = WAITING_MAX,
  ) {}

  /** Writes a line as soon as those before are written; it is lost where too many wait, or nobody reads. */
  write(line: string): void {
    if (this.#isGone) return;
    if (this.#length + line.length > this.waitingMax) {
      this.#lost++;
      return;
    }
    this.#waiting.push(line);
    this.#length += line.length;
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when what waits now is written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const lines = this.#waiting;
        if (this.#lost > 0) lines.push(this.lostLine(this.#lost));
        this.#lost = 0;
        this.#waiting = [];
        let bytes = new TextEncoder().encode(lines.join("\n") + "\n");
        while (bytes.length > 0) bytes = bytes.subarray(await this.stream.write(bytes));
        this.#length = this.#waiting.reduce((sum, { length }) => sum + length, 0);
      }
    } catch {
      this.#isGone = true; // the reader has gone: what it would have read matters to nobody
      this.#waiting = [];
    }
    this.#writing = undefined;
  }
}
