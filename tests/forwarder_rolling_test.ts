/** All servers are replaced while frames come: by DNS, and by settings that are read again. */

import assert from "node:assert/strict";
import { systemClock } from "../core/clock.ts";
import { ServersAnswer } from "../proto/http_codec.ts";
import { ErrorAnswer } from "../proto/http_errors.ts";
import { ReloadAnswer } from "../proto/http_reload.ts";
import { testWhere } from "./fakes/data.ts";
import { Folder } from "./fakes/folder.ts";
import { Program } from "./fakes/program.ts";
import { DNSMASQ, NameServer } from "./rigs/name_server.ts";
import { MODEL, Serving } from "./rigs/serving.ts";

/** Requests at a time: two cores infer them, and start servers beside. */
const SENDERS = 3;

/** Requests that say something. */
const ENOUGH = 50;

/** Sends a picture again and again, and notes what is not answered well. */
class Load {
  readonly #over = new AbortController();
  readonly #failures: string[] = [];
  readonly #servers = new Map<string, number>();
  #sent = 0;
  readonly #senders: Promise<void>[];

  constructor(private readonly base: string, private readonly jpeg: Uint8Array<ArrayBuffer>) {
    this.#senders = Array.from({ length: SENDERS }, () => this.#send());
  }

  /** Waits until this server has answered since now. */
  async answeredBy(server: string): Promise<void> {
    const before = this.#servers.get(server) ?? 0;
    for (let tries = 0; (this.#servers.get(server) ?? 0) === before; tries++) {
      assert.ok(tries < 300, `${server} answers nothing; ${[...this.#servers]} ${this.#failures}`);
      await systemClock.sleep(100);
    }
  }

  /** Ends it, and holds that all was well. */
  async end(): Promise<void> {
    for (let tries = 0; tries < 200 && this.#sent <= ENOUGH; tries++) await systemClock.sleep(100);
    this.#over.abort();
    await Promise.all(this.#senders);
    assert.deepEqual(this.#failures, [], `of ${this.#sent}`);
    assert.ok(this.#sent > ENOUGH, `${this.#sent} were sent`);
  }

  async #send(): Promise<void> {
    while (!this.#over.signal.aborted) {
      this.#sent++;
      try {
        const answer = await fetch(`${this.base}/image_handler?model=${MODEL}`, {
          method: "POST",
          headers: { "content-type": "image/jpeg" },
          body: this.jpeg,
        });
        const text = await answer.text();
        if (answer.status !== 200) this.#failures.push(`${answer.status} ${text}`);
        else {
          const { server } = JSON.parse(text);
          this.#servers.set(server, (this.#servers.get(server) ?? 0) + 1);
        }
      } catch (error) {
        this.#failures.push(`${error}`);
      }
      await systemClock.sleep(10);
    }
  }
}

/** Inference servers at addresses that a test names. */
class Fleet implements AsyncDisposable {
  readonly #running = new Map<string, Program>();

  constructor(private readonly port: number) {}

  async start(ip: string): Promise<string> {
    const listen = `${ip}:${this.port}`;
    const args = ["serve", "--listen", listen, "--workers", "1", "--json"];
    const program = new Program(args, { SMARTEYE_MODELS: "/nowhere" });
    this.#running.set(ip, program);
    await program.address();
    return listen;
  }

  /** Has one finish what it has, and end. */
  async stop(ip: string): Promise<void> {
    const program = this.#running.get(ip)!;
    program.kill("SIGTERM");
    const { code, stderr } = await program.ran();
    assert.equal(code, 0, stderr);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.values()].map((program) => program[Symbol.asyncDispose]()));
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function namesOf(base: string): Promise<string[]> {
  const { servers } = ServersAnswer.parse(await (await fetch(`${base}/v1/servers`)).json());
  return servers.map(({ name }) => name).sort();
}

/** Waits until the forwarder has these servers. */
async function hasServers(base: string, names: readonly string[]): Promise<void> {
  for (let tries = 0;; tries++) {
    const found = await namesOf(base);
    if (`${found}` === `${[...names].sort()}`) return;
    assert.ok(tries < 100, `its servers are ${found}, ${names} are wanted`);
    await systemClock.sleep(100);
  }
}

testWhere(
  "dnsmasq is installed, and all of 127.0.0.0/8 is this machine",
  DNSMASQ !== undefined && Deno.build.os === "linux",
  "all servers are replaced by DNS, and no request fails",
  async () => {
    const port = freePort();
    await using fleet = new Fleet(port);
    await using serving = await Serving.open();
    const jpeg = await Deno.readFile(serving.image);
    await Promise.all([fleet.start("127.0.0.2"), fleet.start("127.0.0.3")]);
    await using names = await NameServer.open("serve.test", ["127.0.0.2", "127.0.0.3"]);
    const env = { SMARTEYE_GRPC_URL_NAMESERVER: `127.0.0.1:${names.port}` };
    const args = ["forward", "--listen", "127.0.0.1:0", "--json"];
    const servers = `dns:///serve.test:${port}`;
    await using forwarder = new Program([...args, "--servers", servers], env);
    const base = `http://${await forwarder.address()}`;
    const at = (...ips: string[]) => ips.map((ip) => `${ip}:${port}`);
    assert.deepEqual(await namesOf(base), at("127.0.0.2", "127.0.0.3"));
    const load = new Load(base, jpeg);

    // One is taken out of the name before it is stopped, as an operator does who is careful.
    await load.answeredBy(
      await fleet.start("127.0.0.4").then((name) => {
        names.set(["127.0.0.2", "127.0.0.3", "127.0.0.4"]);
        return name;
      }),
    );
    names.set(["127.0.0.3", "127.0.0.4"]);
    await hasServers(base, at("127.0.0.3", "127.0.0.4"));
    await fleet.stop("127.0.0.2");

    // The other one is stopped first, as Kubernetes does: the name follows.
    const last = await fleet.start("127.0.0.5");
    const stopping = fleet.stop("127.0.0.3");
    names.set(["127.0.0.4", "127.0.0.5"]);
    await stopping;
    await load.answeredBy(last);
    await hasServers(base, at("127.0.0.4", "127.0.0.5"));
    await load.end();
  },
);

Deno.test("settings that are read again change servers and policy, and no request fails", async () => {
  await using serving = await Serving.open();
  await using folder = new Folder();
  const jpeg = await Deno.readFile(serving.image);
  const [first, second] = [
    await serving.start("--workers", "1"),
    await serving.start("--workers", "1"),
  ];
  const write = (servers: readonly string[], more = "") =>
    folder.write(
      "config.ini",
      `[grpc-url]\n${servers.map((name, i) => `url${i} = ${name}\n`).join("")}${more}`,
    );
  const config = write([first]);
  await using program = new Program(["forward", "--listen", "127.0.0.1:0", "--json", "-c", config]);
  const base = `http://${await program.address()}`;
  const reload = async () => {
    const answer = await fetch(`${base}/v1/reload`, { method: "POST" });
    return [answer.status, await answer.json()] as const;
  };
  const load = new Load(base, jpeg);
  await load.answeredBy(first);
  write([first, second], "[forwarder]\ndispatch_policy = round_robin\naccess_log = all\n");
  const [status, told] = await reload();
  assert.equal(status, 200);
  assert.deepEqual(ReloadAnswer.parse(told), {
    changed: ["[grpc-url] url", "[forwarder] dispatch_policy"],
    needs_restart: ["[forwarder] access_log"],
  });
  await load.answeredBy(second);

  write(["nonsense"], "[forwarder]\ndispatch_policy = nobody\n");
  const [refused, error] = await reload();
  assert.equal(refused, 400);
  const { detail } = ErrorAnswer.parse(error);
  assert.match(detail, /2 problems.*url0: found "nonsense".*unknown policy "nobody"/s);
  assert.deepEqual(await namesOf(base), [first, second].sort());

  // SIGHUP does the same.
  write([second]);
  program.kill("SIGHUP");
  await hasServers(base, [second]);
  write(["nonsense"]);
  program.kill("SIGHUP");
  await program.tells(/settings stay as they were: .*nonsense/s);
  await load.answeredBy(second);
  await load.end();
  program.kill("SIGTERM");
  const { code, stderr } = await program.ran();
  assert.equal(code, 0, stderr);
});
