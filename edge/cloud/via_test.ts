/** Connections that are opened at what stands before the forwarder, which is meant all the same. */

import assert from "node:assert/strict";
import { systemClock } from "../../core/clock.ts";
import { Authority } from "../../tests/fakes/certificates.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { FakeForwarder, INFER_ANSWER } from "../../tests/fakes/forwarder_server.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { HttpTransport } from "./http_exchange.ts";
import { OffloadClient, type OffloadError, type OffloadRequest } from "./offload_client.ts";

const REQUEST: OffloadRequest = {
  ...{ jpeg: new Uint8Array(9000), model: "accurate", service: "detection" },
  ...{ frame: 1, deadlineMs: 3000 },
};

/** Notes whom a request was for. */
function answering(hosts: (string | null)[]) {
  return async ({ method, headers, body }: Request): Promise<Response> => {
    for await (const _ of body ?? []);
    hosts.push(headers.get("host"));
    return Response.json(method === "POST" ? INFER_ANSWER : { servers: [] });
  };
}

/** A client of `url` whose connections are opened at a port of this machine. */
function clientOf(url: string, port: number, authorities: readonly string[] = []) {
  const via = { host: "127.0.0.1", port };
  const transport = new HttpTransport(new URL(url).protocol, 1, systemClock, { authorities, via });
  const client = new OffloadClient(url, 1, systemClock, transport);
  return Object.assign(client, { [Symbol.dispose]: () => client.close() });
}

Deno.test("frames and questions go there, and are for the forwarder", async () => {
  const hosts: (string | null)[] = [];
  await using before = new FakeForwarder(answering(hosts));
  const url = "http://forwarder.example:5000/image_handler";
  using client = clientOf(url, Number(new URL(before.url).port));
  assert.equal((await client.offload(REQUEST)).server, "s1");
  await client.offload(REQUEST);
  await client.servers(1000);
  assert.deepEqual(hosts, Array(3).fill("forwarder.example:5000"));
  assert.equal(client.description, url);
  assert.equal(before.connections.size, 2, "kept, one for questions");
  using nobody = clientOf(url, 9);
  const error = await refused(nobody.servers(1000), "unavailable");
  assert.match(error, /^Cannot ask http:\/\/forwarder\.example:5000\/v1\/servers: .*refused/i);
});

Deno.test("a certificate is checked for the forwarder's own name", async () => {
  await using folder = new Folder();
  const authority = await Authority.make(folder.path);
  if (!authority) return;
  const trusted = [await Deno.readTextFile(authority.path)];
  const cases: [names: string, host: string, found: RegExp | undefined][] = [
    ["DNS:forwarder.example", "forwarder.example", undefined],
    ["IP:192.0.2.7", "192.0.2.7", undefined],
    ["IP:127.0.0.1,DNS:localhost", "forwarder.example", /for another name, 127.0.0.1, localhost$/],
    ["IP:127.0.0.1", "192.0.2.7", /for another name, 127.0.0.1$/],
  ];
  for (const [n, [names, host, found]] of cases.entries()) {
    const hosts: (string | null)[] = [];
    const certified = await authority.certify(`case${n}`, names, 2);
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {}, ...certified },
      answering(hosts),
    );
    using client = clientOf(`https://${host}:8443/image_handler`, server.addr.port, trusted);
    const came = await client.offload(REQUEST).catch((error) => error);
    if (!found) assert.equal(came.server, "s1", `${names}: ${came}`);
    else assert.match((came as OffloadError).message, found);
    assert.deepEqual(hosts, found ? [] : [`${host}:8443`]);
    client.close();
    await server.shutdown();
  }
});
