/** Claims on a byte allowance in a file that several processes share. */

import { join } from "node:path";
import envPaths from "env-paths";
import type { Claims } from "./byte_allowance.ts";

/** A line is a claim, or what was given back of one. One that was torn by a crash was never used. */
const CLAIM = /[+-]\d+/g;

/** Files of a forwarder that are kept, the one in use among them. */
const KEPT = 3;

/** Where this user's claims are. */
export function defaultAllowanceDirectory(): string {
  return join(envPaths("smarteye", { suffix: "" }).data, "allowance");
}

/**
 * One file a forwarder and period, to which each claim is appended: the system appends the lines of all
 * processes one after the other, so that no lock is needed, which one that hangs would keep. Each reads
 * what the others have added, and takes its claim back if it came too late. A line is on the disk before
 * what it claims is used.
 */
export class AllowanceFile implements Claims {
  #period = "";
  /** Bytes of the file that were read: all of them whole lines. */
  #readBytes = 0;
  #claimed = 0;

  /**
   * Opens nothing yet.
   *
   * @param directory it is made when there is something to claim.
   * @param origin of the forwarder, such as `https://cloud:5000`.
   */
  constructor(private readonly directory: string, private readonly origin: string) {}

  async add(period: string, bytes: number): Promise<number> {
    if (period !== this.#period) await this.#begin(period);
    using file = await Deno.open(this.#path(period), { read: true, append: true, create: true });
    if (bytes !== 0) {
      const line = new TextEncoder().encode(`${bytes > 0 ? "+" : ""}${bytes}\n`);
      const written = await file.write(line);
      if (written < line.length) throw new Error("the disk is full");
      await file.syncData();
    }
    return await this.#read(file);
  }

  /** Reads what was added since; a last line that is not whole yet is left for the next time. */
  async #read(file: Deno.FsFile): Promise<number> {
    const { size } = await file.stat();
    if (size < this.#readBytes) this.#readBytes = this.#claimed = 0; // somebody has emptied it
    await file.seek(this.#readBytes, Deno.SeekMode.Start);
    const chunk = new Uint8Array(65536);
    let text = "";
    for (let read = await file.read(chunk); read !== null; read = await file.read(chunk)) {
      text += new TextDecoder("latin1").decode(chunk.subarray(0, read));
    }
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    this.#readBytes += whole.length;
    for (const [claim] of whole.matchAll(CLAIM)) {
      // Nobody gives back what was never claimed: a damaged line must not add to the allowance.
      this.#claimed = Math.max(0, this.#claimed + Number(claim));
    }
    return this.#claimed;
  }

  /** Those of periods that are over say nothing any more. */
  async #begin(period: string): Promise<void> {
    await Deno.mkdir(this.directory, { recursive: true });
    this.#period = period;
    this.#readBytes = this.#claimed = 0;
    const names = [this.#name(period)];
    for await (const { name } of Deno.readDir(this.directory)) {
      if (name.startsWith(this.#name("")) && name.length === names[0]!.length) names.push(name);
    }
    // Those that stand nearest stay: a clock may be put back a little.
    for (const name of [...new Set(names)].sort().slice(0, -KEPT)) {
      if (name !== names[0]) await Deno.remove(join(this.directory, name)).catch(() => {});
    }
  }

  #path(period: string): string {
    return join(this.directory, this.#name(period));
  }

  #name(period: string): string {
    return `${encodeURIComponent(this.origin)} ${period}`;
  }
}
