/** A name server of a test's own: dnsmasq, of which the records change while it runs. */

import { systemClock } from "../../core/clock.ts";
import { Folder } from "../fakes/folder.ts";

/** Debian's package `dnsmasq-base` has it. */
const PROGRAM = ["dnsmasq", "/usr/sbin/dnsmasq"];

/** How dnsmasq is called here; `undefined` where it is not installed. */
export const DNSMASQ: string | undefined = PROGRAM.find((program) => {
  try {
    return new Deno.Command(program, { args: ["--version"], stdout: "null" }).outputSync().success;
  } catch {
    return false;
  }
});

/** Answers for one name. */
export class NameServer implements AsyncDisposable {
  readonly #folder = new Folder();
  #process: Deno.ChildProcess | undefined;

  private constructor(readonly name: string, readonly port: number) {}

  /** Starts one with these addresses. */
  static async open(name: string, ips: readonly string[]): Promise<NameServer> {
    const free = Deno.listen({ hostname: "127.0.0.1", port: 0 }); // it listens on TCP as well
    const { port } = free.addr;
    free.close();
    const server = new NameServer(name, port);
    server.#write(ips);
    server.#process = new Deno.Command(DNSMASQ!, {
      args: [
        ...["--keep-in-foreground", `--port=${port}`, "--listen-address=127.0.0.1"],
        ...["--bind-interfaces", "--no-resolv", "--no-hosts", "--local-ttl=1", "--user="],
        ...["--conf-file=/dev/null", "--pid-file=", `--addn-hosts=${server.#folder.file("hosts")}`],
      ],
      ...{ stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
    for (let tries = 0;; tries++) {
      const found = await server.#ask();
      if (found.length === ips.length) return server;
      if (tries === 100) throw new Error(`dnsmasq answers ${found}`);
      await systemClock.sleep(50);
    }
  }

  /** Has other addresses from now on. */
  set(ips: readonly string[]): void {
    this.#write(ips);
    this.#process!.kill("SIGHUP"); // it reads its file again
  }

  #write(ips: readonly string[]): void {
    this.#folder.write("hosts", ips.map((ip) => `${ip} ${this.name}\n`).join(""));
  }

  async #ask(): Promise<string[]> {
    const nameServer = { ipAddr: "127.0.0.1", port: this.port };
    return await Deno.resolveDns(this.name, "A", { nameServer }).catch(() => []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#process?.status;
    await this.#folder[Symbol.asyncDispose]();
  }
}
