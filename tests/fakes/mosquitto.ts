/** A real broker of MQTT, mosquitto, and its own client as the reader. */

import { Folder } from "./folder.ts";

/** What somebody heard. */
export interface Heard {
  readonly topic: string;
  readonly payload: string;
  /** The broker had kept it. */
  readonly kept: boolean;
}

/** A broker on a free port, which may go away and come back. */
export class Mosquitto implements AsyncDisposable {
  #broker: Deno.ChildProcess | undefined;
  #reader: Deno.ChildProcess | undefined;

  private constructor(
    private readonly folder: Folder,
    readonly port: number,
    private readonly login: readonly string[],
    private readonly remembers: boolean,
  ) {}

  /**
   * Starts one; `undefined`, after it was said, where there is no mosquitto.
   *
   * @param tls PEM files
   * @param remembers it knows what it was told, and who listens, when it comes back after a SIGTERM.
   */
  static async start(
    tls?: { readonly certificate: string; readonly key: string },
    remembers = false,
  ): Promise<Mosquitto | undefined> {
    try {
      for (const program of ["mosquitto", "mosquitto_sub", "mosquitto_passwd"]) {
        await new Deno.Command(program, { args: ["--help"] }).output();
      }
    } catch {
      console.log("skipped: there is no mosquitto");
      return undefined;
    }
    const folder = new Folder();
    const port = freePort();
    const passwords = folder.file("passwords");
    await new Deno.Command("mosquitto_passwd", { args: ["-b", "-c", passwords, "edge", "hush"] })
      .output();
    if (Deno.uid() === 0) {
      await Deno.chmod(folder.path, 0o755).then(() => Deno.chmod(passwords, 0o644));
    }
    const secure = tls ? `certfile ${tls.certificate}\nkeyfile ${tls.key}\n` : "";
    folder.write(
      "conf",
      `listener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\n` +
        `persistence ${remembers}\npersistence_location ${folder.path}/\nuser root\n${secure}`,
    );
    const broker = new Mosquitto(folder, port, ["-u", "edge", "-P", "hush"], remembers);
    await broker.up();
    return broker;
  }

  /** Begins, with nothing kept. */
  async up(): Promise<void> {
    const args = ["-c", this.folder.file("conf")];
    this.#broker = new Deno.Command("mosquitto", { args, stdout: "null", stderr: "null" }).spawn();
    for (let tries = 0; tries < 500; tries++) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port: this.port })).close();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    throw new Error("mosquitto does not listen");
  }

  /** Is gone, at once if not said otherwise. */
  async down(signal: Deno.Signal = "SIGKILL"): Promise<void> {
    this.#broker?.kill(signal);
    await this.#broker?.status;
    this.#broker = undefined;
  }

  /** Listens to all that is said from now on: the broker has said that it knows. */
  async listen(
    topics: readonly string[] = ["#"],
  ): Promise<(until: (all: readonly Heard[]) => boolean) => Promise<Heard[]>> {
    const args = ["-p", String(this.port), ...this.login, "-F", "%r\t%t\t%x", "-q", "1", "-d"];
    if (this.remembers) args.push("-c", "-i", "reader");
    const of = topics.flatMap((topic) => ["-t", topic]);
    this.#reader = new Deno.Command("stdbuf", {
      args: ["-oL", "mosquitto_sub", ...args, ...of],
      ...{ stdout: "piped", stderr: "null" },
    }).spawn();
    const lines = this.#reader.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    const heard: Heard[] = [];
    let isSubscribed = false;
    const read = async () => {
      const { value, done } = await lines.read();
      if (done) throw new Error(`the reader ended, it heard ${JSON.stringify(heard)}`);
      const [last, ...whole] = (rest + value).split("\n").reverse();
      rest = last!;
      for (const line of whole.reverse()) {
        const [kept, topic, hex] = line.split("\t");
        isSubscribed ||= line.startsWith("Subscribed");
        if (hex === undefined) continue; // what it does
        const payload = new TextDecoder().decode(Uint8Array.fromHex(hex));
        heard.push({ topic: topic!, payload, kept: kept === "1" });
      }
    };
    while (!isSubscribed) await read();
    return async (until) => {
      while (!until(heard)) await read();
      return heard;
    };
  }

  /** Says something itself, after all that was said before. */
  async say(topic: string): Promise<void> {
    const args = ["-p", String(this.port), ...this.login, "-q", "1", "-t", topic, "-n"];
    const { success, stderr } = await new Deno.Command("mosquitto_pub", { args }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }

  /** Ends what listens. */
  async deaf(): Promise<void> {
    try {
      this.#reader?.kill("SIGKILL");
    } catch {
      // it has ended already
    }
    await this.#reader?.stdout.cancel().catch(() => {});
    await this.#reader?.status;
    this.#reader = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.deaf();
    await this.down();
    await this.folder[Symbol.asyncDispose]();
  }
}

/** A port that nobody listens on. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
