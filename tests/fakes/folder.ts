/** A directory that is gone after the test. */

import { join } from "node:path";

/** A temporary directory. */
export class Folder implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "smarteye_test_" });

  /** Writes a file and tells its path. */
  write(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    if (typeof content === "string") Deno.writeTextFileSync(path, content);
    else Deno.writeFileSync(path, content);
    return path;
  }

  /** The path of a file in it, whether or not it is there. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** Names of what is in it, or in a folder in it, sorted. */
  names(name = ""): string[] {
    return [...Deno.readDirSync(this.file(name))].map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
