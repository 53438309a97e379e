/** What the edge estimates of its way to the cloud, against what is true of a link of known shape. */

import assert from "node:assert/strict";
import { systemClock } from "../core/clock.ts";
import { openCloudLink } from "../edge/cloud/cloud_link.ts";
import { Estimates } from "../edge/estimates.ts";
import { Catalogue } from "../models/catalogue.ts";
import { cloudBehindLink } from "./fakes/cloud_behind_link.ts";
import { Folder } from "./fakes/folder.ts";
import { JPEG, sanitized } from "./fakes/forwarder_world.ts";
import { modelsOf } from "./fakes/models.ts";

/** Milliseconds each way. */
const DELAY_MS = 50;

/** Milliseconds that the server takes to infer. */
const INFER_MS = 80;

/** Milliseconds in which the first questions are answered. */
const QUESTIONS_MS = 8 * DELAY_MS;

/**
 * How slow the link is, and how large a frame is: those of a round at once. The fast one is by itself, for
 * on this machine what the others have to do would be a part of its delay that counts.
 */
const ROUNDS = [
  [
    { kbitPerSec: 200, frameBytes: 7_000 },
    { kbitPerSec: 500, frameBytes: 15_000 },
    { kbitPerSec: 2_000, frameBytes: 50_000 },
  ],
  [{ kbitPerSec: 20_000, frameBytes: 200_000 }],
];

/** Offloads under way at once, and how many each of them does in turn. */
const LOADS = [{ atOnce: 1, each: 10 }, { atOnce: 4, each: 3 }];

type Combination = typeof ROUNDS[number][number] & typeof LOADS[number];

/** What was measured by the edge, and what was true. */
interface Measured {
  readonly networkMs: number | undefined;
  readonly trueNetworkMs: number;
  readonly uplinkBytesPerSec: number | undefined;
  readonly trueUplinkBytesPerSec: number;
}

/** Offloads over a link, and looks at the estimates afterwards. */
async function measure(combination: Combination, folder: string): Promise<Measured> {
  const { kbitPerSec, frameBytes, atOnce, each } = combination;
  const bytesPerSec = kbitPerSec * 1000 / 8;
  await using cloud = await cloudBehindLink({ bytesPerSec, delayMs: DELAY_MS });
  // From when the last byte was read until the answer begins. The server says that it took 6 ms of it.
  let inferredMs = 0;
  const readAtMs: number[] = [];
  cloud.backend.script = async () => {
    const beganAtMs = performance.now();
    readAtMs.push(beganAtMs);
    await systemClock.sleep(INFER_MS);
    inferredMs += performance.now() - beganAtMs;
    return "ok" as const;
  };
  const catalogue = await Catalogue.open(folder);
  const estimates = new Estimates(systemClock);
  const link = await openCloudLink(
    {
      service: "detection",
      model: undefined,
      models: modelsOf(folder),
      forwarderUrl: cloud.url,
      offloadsMax: atOnce,
      monitorIntervalMs: 60_000,
    },
    catalogue,
    systemClock,
  );
  try {
    // They say how long the way is: beside frames, they come too late.
    await systemClock.sleep(QUESTIONS_MS);
    const jpeg = new Uint8Array(frameBytes);
    jpeg.set(JPEG);
    const sentAtMs: number[] = [];
    let totalMs = 0;
    let bytesUp = 0;
    let frames = 0;
    await Promise.all(Array.from({ length: atOnce }, async () => {
      for (let nth = 0; nth < each; nth++) {
        const beganAtMs = performance.now();
        sentAtMs.push(beganAtMs);
        const { timingsMs, traffic } = await link.offload({
          ...{ jpeg, model: "m", service: "detection", frame: frames++, deadlineMs: 5000 },
        });
        const lastedMs = performance.now() - beganAtMs;
        totalMs += lastedMs;
        bytesUp += traffic.bytesUp;
        estimates.addCloud(lastedMs, timingsMs);
      }
    }));
    return {
      networkMs: estimates.cloud().networkMs,
      trueNetworkMs: (totalMs - inferredMs) / frames,
      uplinkBytesPerSec: link.uplinkBytesPerSec,
      // On a busy machine the link itself may be slower than it is said to be.
      trueUplinkBytesPerSec: 1000 * bytesUp / busyMs(sentAtMs, readAtMs),
    };
  } finally {
    await link.close();
  }
}

/** Milliseconds in which something that had come to the link's far end was not yet all there. */
function busyMs(sentAtMs: readonly number[], readAtMs: readonly number[]): number {
  const ends = readAtMs.toSorted((a, b) => a - b);
  let busy = 0;
  let latestAtMs = -Infinity;
  // Whose end is whose does not matter to the whole.
  sentAtMs.toSorted((a, b) => a - b).forEach((atMs, nth) => {
    busy += Math.max(0, ends[nth]! - Math.max(atMs + DELAY_MS, latestAtMs));
    latestAtMs = ends[nth]!;
  });
  return busy;
}

/** By how much an estimate is off, as a share of what is true. */
const errorOf = (estimate: number | undefined, truth: number) =>
  Math.abs((estimate ?? Infinity) - truth) / truth;

Deno.test(
  "delay and bandwidth of a link are what they are, alone and at once",
  sanitized,
  async () => {
    await using folder = new Folder();
    const wrong: (Combination & Measured)[] = [];
    for (const links of ROUNDS) {
      const combinations = links.flatMap((link) => LOADS.map((load) => ({ ...link, ...load })));
      await Promise.all(combinations.map(async (combination) => {
        const found = await measure(combination, folder.path);
        const { networkMs, trueNetworkMs, uplinkBytesPerSec, trueUplinkBytesPerSec } = found;
        const isRight = errorOf(networkMs, trueNetworkMs) <= 0.1 &&
          errorOf(uplinkBytesPerSec, trueUplinkBytesPerSec) <= 0.15;
        if (!isRight) wrong.push({ ...combination, ...found });
      }));
    }
    assert.deepEqual(wrong, []);
  },
);
