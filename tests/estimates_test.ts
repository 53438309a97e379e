/**
 * What a policy is told of the cloud is true: the edge's own client, the forwarder's own gateway, and
 * between them, in virtual time, a link of which the truth is known.
 */

import assert from "node:assert/strict";
import { type CloudOptions, openCloudLink } from "../edge/cloud/cloud_link.ts";
import { Estimates } from "../edge/estimates.ts";
import { Clients } from "../forwarder/clients/clients.ts";
import { Edges } from "../forwarder/edges/edges.ts";
import { gateway } from "../forwarder/gateway.ts";
import { Catalogue } from "../models/catalogue.ts";
import { Folder } from "./fakes/folder.ts";
import { JPEG, OPTIONS } from "./fakes/forwarder_world.ts";
import { FakePool } from "./fakes/pool.ts";
import { type Pieces, VirtualTransport, VirtualWay } from "./fakes/virtual_way.ts";
import { modelsOf } from "./fakes/models.ts";

/** Each way takes so long. */
const DELAY_MS = 50;

/** A server infers so long. */
const INFER_MS = 30;

/** Longer than anything takes. */
const PATIENCE_MS = 60_000;

/** A link, and what goes over it. */
interface Case {
  readonly upBitsPerSec: number;
  readonly downBitsPerSec: number;
  readonly atOnce: number;
  readonly frameBytes: number;
  /** Detections in an answer: none are half a kB, 60 are 6. */
  readonly detections: number;
  readonly pieces: Pieces;
  readonly frames: number;
}

const PACKETS: Pieces = { bytes: 1500, takeTurns: true };
const IN_TURN: Pieces = { bytes: 1500, takeTurns: false };
const CHUNKS: Pieces = { bytes: 32 * 1024, takeTurns: true };

/** An edge's way to a forwarder with one server. */
async function open(folder: Folder, said: Case) {
  const fake = new FakePool(1);
  const { clock, pool, dispatcher, metrics } = fake;
  await clock.until(fake.look());
  const [backend] = fake.backends;
  backend!.script = () => clock.sleep(INFER_MS).then(() => "ok");
  backend!.detections = said.detections;
  const forwarder = gateway({
    ...{ pool, dispatcher, metrics, clock, clients: Clients.open(clock) },
    edges: new Edges({ clock, metrics, hasTokens: false }),
    settings: () => ({
      ...{ deadlineMs: PATIENCE_MS, retryAfterS: 1 },
      limits: { ...OPTIONS.limits, bodyTimeoutMs: PATIENCE_MS },
    }),
    draining: () => false,
    onEnd: ({ failure }) => assert.equal(failure, undefined),
    onFault: (detail) => assert.fail(detail),
  }).side("both");
  const transport = new VirtualTransport(clock, {
    up: new VirtualWay(clock, said.upBitsPerSec / 8, DELAY_MS),
    down: new VirtualWay(clock, said.downBitsPerSec / 8, DELAY_MS),
    pieces: said.pieces,
  }, forwarder);
  const options: CloudOptions = {
    service: "detection",
    model: undefined,
    models: modelsOf(folder.path),
    forwarderUrl: "http://cloud:5000/image_handler",
    offloadsMax: said.atOnce,
    monitorIntervalMs: 2000,
  };
  const catalogue = await Catalogue.open(folder.path);
  const link = await clock.until(openCloudLink(options, catalogue, clock, transport));
  return { clock, transport, link, estimates: new Estimates(clock) };
}

/** Has frames inferred, as many at once as the case says, and gives what was estimated and what was so. */
async function estimated(folder: Folder, said: Case) {
  const { clock, transport, link, estimates } = await open(folder, said);
  const jpeg = new Uint8Array(said.frameBytes);
  jpeg.set(JPEG);
  let frame = 0;
  const offloading = Array.from({ length: said.atOnce }, async () => {
    while (++frame <= said.frames) {
      const sentAtMs = clock.nowMs();
      const asked = { jpeg, model: "m", service: "detection", frame } as const;
      const answer = await link.offload({ ...asked, deadlineMs: PATIENCE_MS });
      estimates.addCloud(clock.nowMs() - sentAtMs, answer.timingsMs);
      const { network, queue, infer, answer: answering, total } = answer.timingsMs;
      assert.ok(Math.abs(network + queue + infer + answering - total) < 1e-6, "they add up");
    }
  });
  await clock.until(Promise.all(offloading));
  assert.ok(link.available, link.why);
  const found = { ...estimates.cloud(), uplinkBytesPerSec: link.uplinkBytesPerSec };
  await clock.until(link.close());
  const latest = transport.networkMs.slice(-20);
  const networkMs = latest.reduce((sum, ms) => sum + ms, 0) / latest.length;
  return { found, networkMs };
}

/** The case as a line, for messages. */
const lineOf = (said: Case) => JSON.stringify(said).replaceAll('"', "");

/** That what is found is true: the network's delay within a tenth, the link within 15 %. */
async function isTrue(folder: Folder, said: Case): Promise<void> {
  const { found, networkMs } = await estimated(folder, said);
  const truth: [name: string, found: number | undefined, truth: number, within: number][] = [
    ["networkMs", found.networkMs, networkMs, 0.1],
    ["uplinkBytesPerSec", found.uplinkBytesPerSec, said.upBitsPerSec / 8, 0.15],
  ];
  for (const [name, value, wanted, within] of truth) {
    const share = Math.abs((value ?? NaN) / wanted - 1);
    assert.ok(share <= within, `${name} is ${value}, ${wanted} is true: ${lineOf(said)}`);
  }
}

const RATES = [200e3, 500e3, 2e6, 20e6];
const TEN: Omit<Case, "upBitsPerSec" | "downBitsPerSec" | "pieces"> = {
  atOnce: 1,
  frameBytes: 30_000,
  detections: 0,
  frames: 10,
};

for (const rate of RATES) {
  const both = { upBitsPerSec: rate, downBitsPerSec: rate };

  Deno.test(`after ten offloads over ${rate / 1e6} Mbit/s both are true`, async () => {
    await using folder = new Folder();
    for (const atOnce of [1, 4]) {
      for (const pieces of [PACKETS, IN_TURN, CHUNKS]) {
        for (const frameBytes of [8000, 30_000, 60_000]) {
          const detections = frameBytes === 30_000 ? 60 : 0;
          await isTrue(folder, { ...TEN, ...both, atOnce, pieces, frameBytes, detections });
        }
      }
    }
  });

  Deno.test(`a way back of another speed than ${rate / 1e6} Mbit/s changes nothing`, async () => {
    await using folder = new Folder();
    for (const downBitsPerSec of [rate / 10, rate * 10]) {
      for (const atOnce of [1, 4]) {
        for (const detections of [0, 60]) {
          const pieces = detections === 0 ? PACKETS : CHUNKS;
          await isTrue(folder, { ...TEN, ...both, downBitsPerSec, atOnce, detections, pieces });
        }
      }
    }
  });

  Deno.test(`so they are after a hundred over ${rate / 1e6} Mbit/s`, async () => {
    await using folder = new Folder();
    for (const pieces of [PACKETS, IN_TURN]) {
      for (const atOnce of [1, 3, 4]) {
        await isTrue(folder, { ...TEN, ...both, atOnce, pieces, frames: 100 });
      }
    }
  });
}

Deno.test("the server's stages are its own, whatever the link is like", async () => {
  await using folder = new Folder();
  for (const rate of RATES) {
    const { found } = await estimated(folder, {
      ...{ ...TEN, upBitsPerSec: rate, downBitsPerSec: rate, pieces: PACKETS },
    });
    assert.deepEqual([found.queueMs, found.inferMs], [0, 6], "as the fake server says");
  }
});
