/** An authority of the test's own and certificates by it, made by the command `openssl`. */

import { join } from "node:path";

/** A key and its certificate, PEM. */
export interface Certified {
  readonly key: string;
  readonly cert: string;
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Makes certificates in a directory. */
export class Authority {
  private constructor(private readonly directory: string) {}

  /** A new one; `undefined` with a printed reason where there is no `openssl`. */
  static async make(directory: string): Promise<Authority | undefined> {
    const authority = new Authority(directory);
    const given = [
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
      "-days",
      "2",
      "-subj",
      "/CN=A test's own",
    ];
    try {
      await authority.#openssl("req", "-x509", ...NEW_KEY, ...given);
      return authority;
    } catch (error) {
      console.log(`skipped: no certificates can be made, ${error}`);
      return undefined;
    }
  }

  /** Where its own certificate is. */
  get path(): string {
    return join(this.directory, "ca.pem");
  }

  /** Where a certificate of its and the key are. */
  paths(name: string): { readonly certificate: string; readonly key: string } {
    return {
      certificate: join(this.directory, `${name}.pem`),
      key: join(this.directory, `${name}.key`),
    };
  }

  /** A certificate for these names (`DNS:…`, `IP:…`) that is valid for so many days. */
  async certify(name: string, names: string, days: number): Promise<Certified> {
    const subject = ["-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`];
    await this.#openssl("req", ...NEW_KEY, ...subject);
    await Deno.writeTextFile(join(this.directory, `${name}.ext`), `subjectAltName=${names}\n`);
    const by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", `${name}.ext`];
    const made = ["-in", `${name}.csr`, "-out", `${name}.pem`, "-days", String(days)];
    await this.#openssl("x509", "-req", ...made, ...by);
    const read = (end: string) => Deno.readTextFile(join(this.directory, `${name}.${end}`));
    return { key: await read("key"), cert: await read("pem") };
  }

  async #openssl(...args: string[]): Promise<void> {
    const options = { args, cwd: this.directory, stdout: "null", stderr: "piped" } as const;
    const { success, stderr } = await new Deno.Command("openssl", options).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }
}
