/** A link with a byte allowance, against a server of this machine that counts what comes and goes. */

import assert from "node:assert/strict";
import { type Clock, systemClock } from "../../core/clock.ts";
import { Catalogue } from "../../models/catalogue.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import {
  IDLE_LOAD,
  INFER_ANSWER,
  rawAnswer,
  RawServer,
} from "../../tests/fakes/forwarder_server.ts";
import { modelsOf } from "../../tests/fakes/models.ts";
import { openCloudLink, type OpenedCloudLink } from "./cloud_link.ts";
import { OffloadError } from "./offload_client.ts";

const SERVERS = {
  servers: [{
    ...{ name: "s1", state: "ready", detail: "", in_flight: 0, load: IDLE_LOAD },
    models: [{ name: "m", service: "detection" }],
  }],
};

const DAY_MS = 24 * 3_600_000;

/** The machine's clock, whose date may be put forward. */
function dated() {
  const shift = { ms: 0 };
  const clock: Clock = {
    ...systemClock,
    nowMs: systemClock.nowMs,
    epochMs: () => Date.UTC(2026, 10, 26, 12) + shift.ms,
  };
  return { clock, shift };
}

const FRAME = { model: "m", service: "detection", frame: 1, deadlineMs: 5000 } as const;

async function failure(offloading: Promise<unknown>): Promise<OffloadError> {
  const error = await offloading.then(() => undefined, (error) => error);
  assert.ok(error instanceof OffloadError, `it is ${error}`);
  return error;
}

/** A link to a server that answers with so many bytes more than need be. */
function linked(bytesMax: number, more = 0) {
  const folder = new Folder();
  const server: RawServer = new RawServer((connection, got) => {
    const isFrame = new TextDecoder().decode(got.subarray(0, 4)) === "POST";
    const answer = isFrame ? { ...INFER_ANSWER, more: "x".repeat(more) } : SERVERS;
    return server.send(connection, rawAnswer(answer));
  });
  const { clock, shift } = dated();
  const links: OpenedCloudLink[] = [];
  const open = async () => {
    const options = {
      ...{ service: "detection", model: undefined, models: modelsOf(folder.path) } as const,
      ...{ forwarderUrl: server.url, offloadsMax: 2, monitorIntervalMs: 20 },
      allowance: { bytesMax, period: "day" } as const,
    };
    const catalogue = await Catalogue.open(folder.path);
    const link = await openCloudLink(options, catalogue, clock, undefined, folder.file("state"));
    links.push(link);
    return link;
  };
  return {
    ...{ server, shift, open },
    async [Symbol.asyncDispose]() {
      for (const link of links) await link.close();
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Sends frames until one is barred. */
async function useUp(link: OpenedCloudLink, size: number): Promise<OffloadError> {
  for (let error: OffloadError | undefined;;) {
    if (error && link.why !== "") return error;
    const frames = [1, 2].map(() => link.offload({ ...FRAME, jpeg: new Uint8Array(size) }));
    for (const end of await Promise.allSettled(frames)) {
      if (end.status === "rejected") error = end.reason as OffloadError;
    }
  }
}

/** Waits until nothing is asked any more, health neither: what a frame did not need, questions may. */
async function silence(asked: () => number): Promise<number> {
  for (let i = 0; i < 50; i++) {
    const before = asked();
    await systemClock.sleep(200);
    if (asked() === before) return before;
  }
  throw new Error("it is asked again and again");
}

Deno.test("frames and questions stop before the allowance is passed, and go on in the next period", async () => {
  const bytesMax = 2_000_000;
  await using run = linked(bytesMax);
  const { server, shift } = run;
  const link = await run.open();
  assert.deepEqual([link.available, link.allowanceBytes], [true, bytesMax]);
  const error = await useUp(link, 40_000);
  assert.equal(error.kind, "barred");
  assert.deepEqual(error.traffic, { bytesUp: 0, bytesDown: 0 });
  assert.equal(
    link.why,
    "its allowance of 2 MB each day is used up until 2026-11-27T00:00Z",
  );
  assert.equal(link.available, false);
  const requests = await silence(() => server.requests);
  const { bytes } = server;
  const spent = bytes.in + bytes.out;
  assert.equal(link.usedBytes, spent, "what is counted is what came and went");
  assert.ok(spent <= bytesMax && spent > bytesMax - 400_000, `${spent} bytes`);
  shift.ms = DAY_MS;
  assert.deepEqual([link.available, link.why], [true, ""]);
  await link.offload({ ...FRAME, jpeg: new Uint8Array(40_000) });
  assert.ok(server.requests > requests);
});

Deno.test("what was used is known after a restart", async () => {
  await using run = linked(1_000_000);
  const link = await run.open();
  await useUp(link, 50_000);
  await link.close();
  const { requests } = run.server;
  const again = await run.open();
  const jpeg = new Uint8Array(50_000);
  assert.equal((await failure(again.offload({ ...FRAME, jpeg }))).kind, "barred");
  assert.ok(run.server.requests <= requests + 5, "questions may fit still");
  assert.ok(run.server.bytes.in + run.server.bytes.out <= 1_000_000);
});

Deno.test("an answer that is larger than was reckoned with is read as far as the allowance reaches", async () => {
  await using large = linked(5_000_000, 300_000);
  const link = await large.open();
  assert.equal((await link.offload({ ...FRAME, jpeg: new Uint8Array(1000) })).server, "s1");
  await using run = linked(1_000_000, 4_000_000);
  const tight = await run.open();
  const error = await failure(tight.offload({ ...FRAME, jpeg: new Uint8Array(1000) }));
  assert.match(error.message, /^the byte allowance does not reach for its answer$/);
  assert.ok(tight.usedBytes <= 1_000_000, `${tight.usedBytes} bytes were read`);
});
