/** Room on a disk for pictures and video: its last bytes are for lines, and for others. */

import type { Clock } from "../../core/clock.ts";
import { logger, MINUTE_MS, Thinned } from "../../core/log.ts";
import { type Disk, diskOf, keptBytes } from "./disk.ts";
import type { KeptFree } from "./options.ts";

const log = logger("edge");

/** Milliseconds for which what a disk was seen to have counts, less what was written since. */
const LOOK_MS = 1000;

/** A disk that was short has room again when it has so much more than has to stay free: a share of that. */
const AGAIN = 0.02;

/** A file takes whole blocks, mostly of this size. */
const BLOCK_BYTES = 4096;

/** What is asked before something large is written. */
export interface Room {
  /** Whether there is none: what would be written need not be made. */
  readonly isShort: boolean;
  /** Takes room for so many bytes; false where there is none. */
  take(bytes: number): boolean;
}

/** Where nothing has to stay free. */
export const ANY_ROOM: Room = { isShort: false, take: () => true };

/** What the rooms of an edge go by. */
export interface DiskRoomsParts {
  /** What stays free; absent: nothing has to. */
  readonly keepFree: KeptFree | undefined;
  /** Tells when to look again. */
  readonly clock: Clock;
  /** Called when a disk has no room, each time that one is asked for some. */
  readonly onShort: () => void;
  /** Looks at a disk; absent: at the real one. */
  readonly diskOf?: (path: string) => Promise<Disk | undefined>;
  /** Tells disks apart: the number of that of a path; absent: as the file system does. */
  readonly deviceOf?: (path: string) => Promise<number>;
}

/** The rooms of all directories that an edge writes to: those on one disk share one. */
export class DiskRooms {
  readonly #rooms = new Map<number, Promise<Room>>();

  /** Looks at nothing yet. */
  constructor(private readonly parts: DiskRoomsParts) {}

  /** The room of a directory that is there. Where a disk does not tell what it has, all of it may be used. */
  async of(directory: string): Promise<Room> {
    if (this.parts.keepFree === undefined) return ANY_ROOM;
    const { deviceOf = realDevice } = this.parts;
    const device = await deviceOf(directory);
    const opening = this.#rooms.get(device) ?? DiskRoom.open(directory, this.parts);
    this.#rooms.set(device, opening);
    return await opening;
  }
}

/** What is left of a disk. It is looked at when it is asked for, at most once a second, and never waited for. */
class DiskRoom implements Room {
  readonly #warnings: Thinned;
  #looking = false;
  #lookedAtMs: number;
  #isShort = false;

  private constructor(
    private readonly directory: string,
    private readonly parts: DiskRoomsParts,
    private disk: Disk,
  ) {
    this.#lookedAtMs = parts.clock.nowMs();
    this.#warnings = new Thinned(
      (message) => log.warn("{message}", { message }),
      MINUTE_MS,
      parts.clock,
    );
  }

  static async open(directory: string, parts: DiskRoomsParts): Promise<Room> {
    const disk = await (parts.diskOf ?? diskOf)(directory);
    if (disk) return new DiskRoom(directory, parts, disk);
    const how = parts.keepFree === "auto" ? "debug" : "warn";
    log[how]("{directory} does not tell how much room it has: keep_free counts for nothing there", {
      directory,
    });
    return ANY_ROOM;
  }

  get isShort(): boolean {
    return !this.#hasRoom(0);
  }

  take(bytes: number): boolean {
    if (!this.#hasRoom(bytes)) return false;
    const taken = Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
    this.disk = { ...this.disk, freeBytes: this.disk.freeBytes - taken };
    return true;
  }

  #hasRoom(bytes: number): boolean {
    if (this.parts.clock.nowMs() - this.#lookedAtMs >= LOOK_MS) void this.#look();
    const kept = keptBytes(this.parts.keepFree, this.disk);
    const wanted = this.#isShort ? kept * (1 + AGAIN) : kept;
    const isShort = this.disk.freeBytes - bytes < wanted;
    if (isShort) {
      const { directory } = this;
      const free = `${megabytes(this.disk.freeBytes)} are left, ${megabytes(kept)} stay free`;
      this.#warnings.tell(`no pictures are written to the disk of ${directory}`, free);
      this.parts.onShort();
    } else if (this.#isShort) log.info("there is room for pictures again");
    this.#isShort = isShort;
    return !isShort;
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    this.#lookedAtMs = this.parts.clock.nowMs();
    this.disk = await (this.parts.diskOf ?? diskOf)(this.directory) ?? this.disk;
    this.#looking = false;
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

async function realDevice(path: string): Promise<number> {
  return await Deno.stat(path).then(({ dev }) => dev, () => NaN);
}
