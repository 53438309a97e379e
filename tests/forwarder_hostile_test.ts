/** A forwarder among strangers who mean it ill: they are refused within limits, and others are served. */

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { systemClock } from "../core/clock.ts";
import { Folder } from "./fakes/folder.ts";
import { digestOf } from "../forwarder/clients/clients.ts";
import { type ScriptedServer, startScriptedServer } from "./fakes/grpc_server.ts";
import { jpegHeader, pngHeader } from "./fakes/image_headers.ts";
import { Program } from "./fakes/program.ts";

/** Share of good requests that are served whatever strangers do. */
const SERVED_MIN = 0.99;

/** Good requests that say something. */
const ENOUGH = 100;

/** Bytes that the process may grow by. */
const GROWTH_MAX = 256 * 1024 * 1024;

/** A good image of the size of a small frame. */
const GOOD = new Uint8Array(30_000);
GOOD.set(jpegHeader(640, 360));

/** The real program before a server that answers at once. */
class Gateway implements AsyncDisposable {
  readonly #strangers: Socket[] = [];
  readonly #failures: string[] = [];
  #sent = 0;

  private constructor(
    private readonly server: ScriptedServer,
    readonly program: Program,
    readonly port: number,
    private readonly bytesBefore: number,
  ) {}

  static async open(args: readonly string[] = [], descriptors?: number): Promise<Gateway> {
    const server = await startScriptedServer();
    const all = ["forward", "--listen", "127.0.0.1:0", "--json", "--servers", server.name, ...args];
    const limited = ["sh", "-c", `ulimit -n ${descriptors} && exec "$@"`, "sh"];
    const program = new Program(all, {}, undefined, descriptors === undefined ? [] : limited);
    const port = Number((await program.address()).split(":")[1]);
    const gateway = new Gateway(server, program, port, memoryOf(program.pid));
    await gateway.#ask(); // the first takes longer
    return gateway;
  }

  /** Sends good requests while `strangers` do what they do, and holds that they are served. */
  async among(strangers: (gateway: Gateway, over: AbortSignal) => Promise<unknown>): Promise<void> {
    const over = new AbortController();
    await Promise.all(Array.from({ length: 4 }, () => this.#ask())); // they are there before
    const senders = Array.from({ length: 4 }, async () => {
      while (!over.signal.aborted) {
        this.#sent++;
        await this.#ask();
        await systemClock.sleep(5);
      }
    });
    await strangers(this, over.signal);
    for (let n = 0; n < 200 && this.#sent <= ENOUGH; n++) await sleep(50);
    over.abort();
    await Promise.all(senders);
    assert.ok(this.#sent > ENOUGH, `${this.#sent} good requests were sent`);
    const served = this.#sent - this.#failures.length;
    const told = `${served} of ${this.#sent} were served: ${this.#failures}`;
    assert.ok(served >= SERVED_MIN * this.#sent, told);
    const grown = memoryOf(this.program.pid) - this.bytesBefore;
    assert.ok(grown < GROWTH_MAX, `it grew by ${Math.round(grown / 1e6)} MB`);
  }

  /** A stranger's connection; it is cut when the test ends. */
  async stranger(): Promise<Socket> {
    const socket = connect(this.port, "127.0.0.1");
    socket.on("error", () => {});
    this.#strangers.push(socket);
    await Promise.race([once(socket, "connect"), once(socket, "close")]).catch(() => {});
    return socket;
  }

  /** All that is answered to these bytes until the end, or for so long. */
  async answers(bytes: string | Uint8Array, forMs = 1500): Promise<string> {
    const socket = await this.stranger();
    let heard = "";
    socket.on("data", (piece) => heard += piece.toString("latin1"));
    socket.write(bytes);
    const over = new AbortController();
    socket.once("close", () => over.abort());
    await systemClock.sleep(forMs, over.signal);
    socket.destroy();
    return heard;
  }

  async #ask(): Promise<void> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.port}/image_handler?model=m`, {
        method: "POST",
        headers: { "content-type": "image/jpeg" },
        body: GOOD,
        signal: AbortSignal.timeout(3000),
      });
      await answer.body?.cancel();
      if (answer.status !== 200) this.#failures.push(`${answer.status}`);
    } catch (error) {
      this.#failures.push(`${error} ${(error as Error).cause ?? ""}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#strangers) socket.destroy();
    await this.program[Symbol.asyncDispose]();
    this.server.kill();
  }
}

/** Resident bytes of a process; 0 where that cannot be seen. */
function memoryOf(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

const POST = "POST /image_handler?model=m HTTP/1.1\r\nHost: a\r\nContent-Type: image/jpeg\r\n";
const sleep = (ms: number) => systemClock.sleep(ms);

Deno.test("a gigabyte in pieces of a byte", async () => {
  await using gateway = await Gateway.open();
  await gateway.among(async (gateway) => {
    const chunks = new TextEncoder().encode("1\r\nx\r\n".repeat(10_000));
    await Promise.all(Array.from({ length: 3 }, async () => {
      const socket = await gateway.stranger();
      let heard = "";
      socket.on("data", (piece) => heard += piece);
      socket.write(`${POST}Transfer-Encoding: chunked\r\n\r\n`);
      let sent = 0;
      for (; sent < 100_000 && socket.writable; sent++) {
        if (!socket.write(chunks)) {
          await Promise.race([once(socket, "drain"), once(socket, "close"), sleep(500)]);
        }
      }
      assert.ok(!socket.writable && sent < 10_000, `${sent * 10_000} pieces were taken`);
      assert.match(heard, /^HTTP\/1\.1 400 .*came in \d+ pieces, larger ones are wanted/s);
    }));
  });
});

Deno.test("ten thousand connections that ask nothing", async () => {
  await using gateway = await Gateway.open();
  await gateway.among(async (gateway) => {
    let closed = 0;
    for (let batch = 0; batch < 100; batch++) {
      const sockets = await Promise.all(Array.from({ length: 100 }, () => gateway.stranger()));
      for (const socket of sockets) socket.once("close", () => closed++).resume();
    }
    for (let n = 0; n < 200 && closed <= 8000; n++) await sleep(50);
    assert.ok(closed > 8000, `${closed} were closed`);
  });
});

Deno.test("heads that are never whole, with few descriptors", async () => {
  await using gateway = await Gateway.open([], 256);
  await gateway.program.tells(/\d+ connections may be open at 127\.0\.0\.1:\d+ and not 1024/);
  await gateway.among(async (gateway, over) => {
    const sockets = await Promise.all(Array.from({ length: 260 }, () => gateway.stranger()));
    for (let n = 0; n < 20 && !over.aborted; n++) {
      for (const socket of sockets) {
        if (!socket.destroyed) {
          socket.write(n === 0 ? "POST /image_handler HTTP/1.1\r\n" : "x: a\r\n");
        }
      }
      await sleep(100);
    }
  });
});

Deno.test("seventy bodies that dribble in, and hundreds more", async () => {
  await using gateway = await Gateway.open();
  await gateway.among(async (gateway) => {
    const sockets = await Promise.all(Array.from({ length: 400 }, () => gateway.stranger()));
    let refusals = 0;
    for (const socket of sockets) {
      socket.on("data", (piece) => {
        if (/^HTTP\/1\.1 (408|503) /.test(piece.toString())) refusals++;
      });
      socket.write(`${POST}Content-Length: 30000\r\n\r\n`);
    }
    for (let n = 0; n < 25; n++) {
      for (const socket of sockets) if (!socket.destroyed) socket.write("x");
      await sleep(100);
    }
    assert.equal(refusals, sockets.length, "each is told why");
  });
});

Deno.test("what may be read as two requests is read as one, or refused", async () => {
  await using gateway = await Gateway.open();
  const hidden = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
  const cases: [name: string, head: string, body: string][] = [
    ["both lengths", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", `0\r\n\r\n${hidden}`],
    ["two lengths", "Content-Length: 0\r\nContent-Length: 36\r\n", hidden],
    ["a list of lengths", "Content-Length: 0, 36\r\n", hidden],
    ["a signed length", "Content-Length: +0\r\n", hidden],
    ["a negative length", "Content-Length: -1\r\n", hidden],
    ["a length in hexadecimal", "Content-Length: 0x0\r\n", hidden],
    ["an unknown encoding", "Transfer-Encoding: xchunked\r\n", hidden],
    ["chunked not last", "Transfer-Encoding: chunked, identity\r\n", `0\r\n\r\n${hidden}`],
    ["a space before the colon", "Content-Length : 36\r\n", hidden],
    ["a folded line", "X: a\r\n Content-Length: 36\r\n", hidden],
    ["a header with a null", "X: a\0b\r\n", hidden],
    ["a chunk of no size", "Transfer-Encoding: chunked\r\n", `\r\n\r\n${hidden}`],
    ["a chunk of a huge size", "Transfer-Encoding: chunked\r\n", `fffffffffffffffff\r\n${hidden}`],
  ];
  await gateway.among(async (gateway) => {
    for (const [name, head, body] of cases) {
      const heard = await gateway.answers(`${POST}${head}\r\n${body}`, 700);
      assert.ok(!heard.includes('"alive"'), `${name}: ${heard}`);
      assert.doesNotMatch(heard, /HTTP\/1\.1 200/, name);
    }
  });
});

Deno.test("paths that are written otherwise lead nowhere else", async () => {
  await using folder = new Folder();
  const tokens = folder.write("t.yaml", `tokens:\n  - {name: a, sha256: ${digestOf("of-a")}}\n`);
  const apart = ["--operators", "127.0.0.1:0"];
  const paths = [
    ...["//metrics", "/metrics/", "/%6detrics", "/./metrics", "/x/../metrics", "/x/..%2fmetrics"],
    ...["/v1/vision/custom/../../../metrics", "/metrics%00", "/metrics;x", "\\metrics", "/METRICS"],
    ...[
      "http://a/metrics",
      "/metrics?a",
      "/metrics#a",
      "/v1/vision/custom/%2e%2e%2f%2e%2e/metrics",
    ],
  ];
  for (const args of [["--tokens", tokens], apart]) {
    await using gateway = await Gateway.open(args);
    for (const path of paths) {
      const heard = await gateway.answers(
        `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      );
      assert.doesNotMatch(heard, /HTTP\/1\.1 200|smarteye_forwarder_/, `${args} ${path}`);
    }
  }
});

Deno.test("little that would become much", async () => {
  await using gateway = await Gateway.open();
  const zeros = await new Response(
    new Blob([new Uint8Array(20_000_000)]).stream().pipeThrough(new CompressionStream("gzip")),
  ).bytes();
  await gateway.among(async (gateway) => {
    const send = async (body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => {
      const answer = await fetch(`http://127.0.0.1:${gateway.port}/image_handler?model=m`, {
        method: "POST",
        headers: { "content-type": "image/png", ...headers },
        body,
      });
      return [answer.status, await answer.text()] as const;
    };
    for (let n = 0; n < 20; n++) {
      const [status, text] = await send(pngHeader(60_000, 60_000));
      assert.equal(status, 413, text);
      const [packed] = await send(zeros, { "content-encoding": "gzip" });
      assert.equal(packed, 415);
      await sleep(20);
    }
  });
});
