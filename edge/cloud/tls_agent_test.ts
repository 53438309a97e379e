/** Exchanges over TLS with a server of this machine, and the bytes that a wire between the two sees. */

import assert from "node:assert/strict";
import https from "node:https";
import net from "node:net";
import { systemClock } from "../../core/clock.ts";
import { Authority, type Certified } from "../../tests/fakes/certificates.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { INFER_ANSWER } from "../../tests/fakes/forwarder_server.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { HttpTransport } from "./http_exchange.ts";
import { OffloadClient, OffloadError, type OffloadRequest } from "./offload_client.ts";

const REQUEST: OffloadRequest = {
  jpeg: new Uint8Array(50_000).fill(0x2a),
  model: "accurate",
  service: "detection",
  frame: 7,
  deadlineMs: 3000,
};

function listening(server: net.Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as net.AddressInfo).port))
  );
}

/** A forwarder over TLS behind a wire that counts what it carries. */
class SecureForwarder implements AsyncDisposable {
  readonly seen = { up: 0, down: 0, connections: 0 };
  readonly authorizations: (string | undefined)[] = [];
  readonly #open = new Set<net.Socket>();
  readonly #server: https.Server;
  readonly #wire: net.Server;
  port = 0;

  constructor(certified: Certified) {
    this.#server = https.createServer({ ...certified }, (request, response) => {
      this.authorizations.push(request.headers.authorization);
      request.resume();
      request.on("end", () => {
        const answer = request.method === "POST" ? INFER_ANSWER : { servers: [] };
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify(answer));
      });
    });
    this.#wire = net.createServer((near) => {
      this.seen.connections++;
      const far = net.connect((this.#server.address() as net.AddressInfo).port, "127.0.0.1");
      for (const socket of [near, far]) {
        this.#open.add(socket);
        socket.on("error", () => {});
      }
      near.on("data", (bytes) => (this.seen.up += bytes.length, far.write(bytes)));
      far.on("data", (bytes) => (this.seen.down += bytes.length, near.write(bytes)));
      near.on("close", () => far.destroy());
      far.on("close", () => near.destroy());
    });
  }

  async listen(): Promise<this> {
    await listening(this.#server);
    this.port = await listening(this.#wire);
    return this;
  }

  /** Closes every connection, as a server does with those that are idle. */
  hangUp(): void {
    for (const socket of this.#open) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hangUp();
    for (const server of [this.#wire, this.#server]) {
      await new Promise((resolve) => server.close(resolve));
    }
  }
}

function clientOf(port: number, host: string, authorities: readonly string[], token?: string) {
  const transport = new HttpTransport("https:", 1, systemClock, { authorities, token });
  const url = `https://${host}:${port}/image_handler`;
  const client = new OffloadClient(url, 1, systemClock, transport);
  return Object.assign(client, { [Symbol.dispose]: () => client.close() });
}

async function failure(offloading: Promise<unknown>): Promise<OffloadError> {
  const error = await offloading.then(() => undefined, (error) => error);
  assert.ok(error instanceof OffloadError, `it is ${error}`);
  return error;
}

Deno.test("frames go over TLS on one kept connection, and the bytes counted are those of TLS", async () => {
  await using folder = new Folder();
  const authority = await Authority.make(folder.path);
  if (!authority) return;
  const certified = await authority.certify("good", "IP:127.0.0.1,DNS:localhost", 2);
  const authorities = [await Deno.readTextFile(authority.path)];
  for (const host of ["127.0.0.1", "localhost"]) {
    await using forwarder = await new SecureForwarder(certified).listen();
    using client = clientOf(forwarder.port, host, authorities, "s3cret");
    const counted = { up: 0, down: 0 };
    for (let frame = 1; frame <= 5; frame++) {
      const { traffic } = await client.offload({ ...REQUEST, frame });
      counted.up += traffic.bytesUp;
      counted.down += traffic.bytesDown;
      assert.ok(traffic.bytesUp > REQUEST.jpeg.length + 300);
    }
    const { up, down, connections } = forwarder.seen;
    assert.deepEqual([counted, connections], [{ up, down }, 1], host);
    await client.servers(1000);
    assert.deepEqual(new Set(forwarder.authorizations), new Set(["Bearer s3cret"]));
    assert.equal(forwarder.seen.connections, 2, "questions have one of their own");
  }
});

Deno.test("over TLS, too, a kept connection that was closed meanwhile costs no frame", async () => {
  await using folder = new Folder();
  const authority = await Authority.make(folder.path);
  if (!authority) return;
  const certified = await authority.certify("good", "IP:127.0.0.1", 2);
  await using forwarder = await new SecureForwarder(certified).listen();
  using client = clientOf(forwarder.port, "127.0.0.1", [await Deno.readTextFile(authority.path)]);
  for (let frame = 1; frame <= 3; frame++) {
    await client.offload({ ...REQUEST, frame });
    forwarder.hangUp();
    if (frame === 2) await systemClock.sleep(20);
  }
  assert.equal(forwarder.seen.connections, 3);
});

Deno.test("what is wrong with a certificate is said, and no frame is sent", async () => {
  await using folder = new Folder();
  const authority = await Authority.make(folder.path);
  if (!authority) return;
  const trusted = [await Deno.readTextFile(authority.path)];
  const cases: [names: string, days: number, trusted: readonly string[], message: RegExp][] = [
    ["IP:127.0.0.1", 2, [], /^its certificate is of no authority that is trusted here .*ca_file/],
    ["IP:127.0.0.1", -1, trusted, /^its certificate has expired$/],
    ["DNS:other.example", 2, trusted, /^its certificate is for another name/],
  ];
  for (const [n, [names, days, authorities, message]] of cases.entries()) {
    await using forwarder = await new SecureForwarder(
      await authority.certify(`case${n}`, names, days),
    ).listen();
    using client = clientOf(forwarder.port, "127.0.0.1", authorities, "s3cret");
    const error = await failure(client.offload(REQUEST));
    assert.match(error.message, message);
    assert.equal(error.kind, "broken");
    assert.ok(error.traffic.bytesUp > 0 && error.traffic.bytesUp < 2000, "the handshake's");
    assert.deepEqual(client.retries, { sent: 0, denied: 0 }, "another try would fare no better");
    assert.match(await refused(client.servers(1000), "unavailable"), /its certificate/);
    assert.deepEqual(forwarder.authorizations, [], "the token is told to nobody else");
  }
});

Deno.test("where nobody listens, or nobody speaks TLS, nothing is sent over TLS either", async () => {
  using nobody = clientOf(9, "127.0.0.1", []);
  const error = await failure(nobody.offload(REQUEST));
  assert.match(error.message, /refused/i);
  assert.deepEqual(error.traffic, { bytesUp: 0, bytesDown: 0 });
  const plain = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  });
  using client = clientOf(await listening(plain), "127.0.0.1", []);
  assert.equal((await failure(client.offload(REQUEST))).kind, "broken");
  await new Promise((resolve) => plain.close(resolve));
});
