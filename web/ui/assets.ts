/** Files that pages need: scripts, styles, pictures. Read once, and given with what they are. */

import { createHash } from "node:crypto";

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** Such a file. */
interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** Of its content. */
  readonly version: string;
}

/** The files of some pages, by their names. */
export class Assets {
  readonly #files: ReadonlyMap<string, Asset>;

  private constructor(files: ReadonlyMap<string, Asset>) {
    this.#files = files;
  }

  /**
   * Reads them. Each is named as a `new URL` beside the module that names it, so that a build finds it.
   *
   * @throws {Error} Deno's, when one is not there; or when two have the same name.
   */
  static async read(urls: readonly URL[]): Promise<Assets> {
    const files = new Map<string, Asset>();
    for (const url of urls) {
      const name = url.pathname.split("/").at(-1)!;
      const type = TYPES[name.split(".").at(-1)!];
      if (type === undefined || files.has(name)) throw new Error(`Cannot serve the file "${name}"`);
      const bytes = await Deno.readFile(url);
      const version = createHash("sha256").update(bytes).digest("base64url").slice(0, 12);
      files.set(name, { bytes, type, version });
    }
    return new Assets(files);
  }

  /** The path of a file, which is another one when its content is. @throws {Error} when there is none. */
  path(name: string): string {
    const file = this.#files.get(name);
    if (!file) throw new Error(`Cannot name the file "${name}": there is none`);
    return `/assets/${name}?${file.version}`;
  }

  /** A file as an answer; `undefined` when there is none. */
  answer(name: string): Response | undefined {
    const file = this.#files.get(name);
    return file && new Response(file.bytes, {
      headers: { "content-type": file.type, "content-length": String(file.bytes.length) },
    });
  }
}
