import assert from "node:assert/strict";
import project from "../../deno.json" with { type: "json" };
import { systemClock } from "../../core/clock.ts";
import { FakeClock, idle } from "../../core/fake_clock.ts";
import { Catalogue } from "../../models/catalogue.ts";
import { Authority } from "../../tests/fakes/certificates.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import {
  IDLE_LOAD,
  INFER_ANSWER,
  rawAnswer,
  RawServer,
} from "../../tests/fakes/forwarder_server.ts";
import { openCloudLink } from "./cloud_link.ts";
import { modelsOf } from "../../tests/fakes/models.ts";

/** A forwarder's answer about its servers. */
const SERVERS = {
  servers: [{
    ...{ name: "s1", state: "ready", detail: "", in_flight: 0, load: IDLE_LOAD },
    models: [{ name: "m", service: "detection" }],
  }],
};

/** Questions that a link asks at the beginning: whether the path is right, and about the servers. */
const FIRST = 5;

Deno.test("what makes the edge known and whom it trusts go with frames and questions", async () => {
  await using folder = new Folder();
  const authority = await Authority.make(folder.path);
  if (!authority) return;
  const [seen, said] = [new Set<string>(), new Set<string>()];
  const server = Deno.serve({
    ...{ hostname: "127.0.0.1", port: 0, onListen() {} },
    ...await authority.certify("forwarder", "IP:127.0.0.1", 2),
  }, async ({ method, headers, body }) => {
    for await (const _ of body ?? []);
    seen.add(`${method} ${headers.get("authorization")}`);
    said.add(`${method} ${headers.get("smarteye-edge")}`);
    return Response.json(method === "POST" ? INFER_ANSWER : SERVERS);
  });
  const options = {
    ...{ service: "detection", model: undefined, models: modelsOf(folder.path) } as const,
    forwarderUrl: `https://127.0.0.1:${server.addr.port}/image_handler`,
    ...{ offloadsMax: 1, monitorIntervalMs: 5000, forwarderToken: "s3cret", edgeName: "Tür" },
    frames: () => ({ captured: 9, local: 1, cloud: 2, filtered: 3, dropped: 0, failed: 1 }),
  };
  const catalogue = await Catalogue.open(folder.path);
  const frame = {
    model: "m",
    service: "detection",
    frame: 1,
    deadlineMs: 5000,
    source: "yard",
  } as const;
  const trusting = { ...options, forwarderAuthorities: authority.path };
  const link = await openCloudLink(trusting, catalogue, systemClock);
  assert.equal((await link.offload({ ...frame, jpeg: new Uint8Array(9) })).server, "s1");
  await link.close();
  assert.deepEqual([...seen].sort(), ["GET Bearer s3cret", "POST Bearer s3cret"]);
  const version = `; version=${project.version}`;
  assert.deepEqual([...said].sort(), [
    `GET T%C3%BCr${version}`, // whether the path is right
    `GET T%C3%BCr${version}; captured=9; local=1; cloud=2; filtered=3; dropped=0; failed=1`,
    "POST T%C3%BCr; source=yard",
  ]);
  seen.clear();
  const stranger = await openCloudLink(options, catalogue, systemClock);
  assert.match(stranger.why, /does not answer \(its certificate is of no authority .* ca_file/);
  await stranger.close();
  assert.equal(seen.size, 0);
  await server.shutdown();
});

Deno.test("a link is closed at once, also while the forwarder owes an answer", async () => {
  const asked = Promise.withResolvers<void>();
  let isSilent = false;
  await using server: RawServer = new RawServer((connection) => {
    if (!isSilent) return server.send(connection, rawAnswer(SERVERS));
    return Promise.resolve(asked.resolve()); // and nothing more is heard of it
  });
  await using folder = new Folder();
  const clock = new FakeClock();
  const link = await openCloudLink(
    {
      service: "detection",
      model: undefined,
      models: modelsOf(folder.path),
      forwarderUrl: server.url,
      offloadsMax: 1,
      monitorIntervalMs: 5000,
    },
    await Catalogue.open(folder.path),
    clock,
  );
  assert.equal(link.available, true);
  // The first questions: each sleeps until its deadline, and the pause after the last one goes on.
  for (let pausing = 0; pausing < 100; pausing++) {
    await idle();
    if (clock.sleeping !== 1 || server.requests < FIRST) pausing = 0;
  }
  isSilent = true;
  await clock.advance(5000);
  await asked.promise;
  let isClosed = false;
  const closing = link.close().then(() => isClosed = true);
  for (let turn = 0; turn < 100; turn++) await idle();
  assert.equal(isClosed, true, "it waits for the answer");
  await clock.until(closing);
  assert.equal(link.available, true, "that we hang up says nothing about the cloud");
});

Deno.test("an answer that repeats the token, and much else, is told without it and in short", async () => {
  await using folder = new Folder();
  const detail = `s3cret is not known here ${"x".repeat(1_000_000)}`;
  const [status, traffic] = [401, { bytesUp: 9, bytesDown: 9 }];
  const body = new TextEncoder().encode(JSON.stringify({ error: "permission_denied", detail }));
  const transport = {
    exchange: () => Promise.resolve({ status, body, traffic, sentAtMs: 0, bytesSent: 9 }),
    close() {},
  };
  const options = {
    ...{ service: "detection", model: undefined, models: modelsOf(folder.path) } as const,
    ...{ forwarderUrl: "http://127.0.0.1/", forwarderToken: "s3cret" },
    ...{ offloadsMax: 1, monitorIntervalMs: 5000 },
  };
  const catalogue = await Catalogue.open(folder.path);
  const link = await openCloudLink(options, catalogue, systemClock, transport);
  const frame = { model: "m", service: "detection", frame: 1, deadlineMs: 5000 } as const;
  const error = await link.offload({ ...frame, jpeg: new Uint8Array(9) }).catch((error) => error);
  await link.close();
  for (const why of [error.message, link.why]) {
    assert.match(why, /it answers 401: \*\*\* is not known here x+…; another token is wanted/);
    assert.ok(why.length < 1000, `${why.length} characters`);
  }
});
