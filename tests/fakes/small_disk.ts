/** A file system of its own that is soon full: one in memory, which only root may mount. */

import { Folder } from "./folder.ts";

/** Bytes that fit on it, unless said otherwise. */
const BYTES = 1 << 20;

/** A temporary directory on a small disk. */
export class SmallDisk extends Folder {
  private constructor(readonly bytes: number) {
    super();
  }

  /** Mounts one. @throws {Error} when it may not. */
  static async mount(bytes = BYTES): Promise<SmallDisk> {
    const disk = new SmallDisk(bytes);
    try {
      await run("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "smarteye_test", disk.path);
      return disk;
    } catch (error) {
      await Deno.remove(disk.path);
      throw error;
    }
  }

  /** Takes all the room that is left but `bytes` of it, in a file of this name, so many bytes at a time. */
  async fill(name = "filler", bytes = 0, atOnce = 4096): Promise<void> {
    using file = await Deno.open(this.file(name), { write: true, create: true });
    const chunk = new Uint8Array(atOnce);
    try {
      for (;;) await file.write(chunk);
    } catch (error) {
      if (!/No space left/.test(String(error))) throw error;
    }
    const { size } = await file.stat();
    await file.truncate(Math.max(0, size - bytes));
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await run("umount", "--lazy", this.path);
    await super[Symbol.asyncDispose]();
  }
}

/** A test that needs a disk that can be filled. */
export function testOnSmallDisk(
  name: string,
  test: (disk: SmallDisk) => Promise<unknown>,
  bytes = BYTES,
): void {
  const mayMount = Deno.build.os === "linux" && Deno.uid() === 0;
  Deno.test({
    name: mayMount ? name : `${name} (only where root may mount a tmpfs)`,
    ignore: !mayMount,
    async fn() {
      const disk = await SmallDisk.mount(bytes).catch((error: Error) => {
        console.log(`skipped, no small disk can be mounted: ${error.message}`);
      });
      if (!disk) return; // root in a container may lack the right to
      await using _disk = disk;
      await test(disk);
    },
  });
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, stdout: "null" }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
}
