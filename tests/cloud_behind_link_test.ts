/** Offloads over a slow, a cut and a dead link: what tests of policies build on. */

import assert from "node:assert/strict";
import { systemClock } from "../core/clock.ts";
import { OffloadClient, OffloadError } from "../edge/cloud/offload_client.ts";
import { behindLink, cloudBehindLink } from "./fakes/cloud_behind_link.ts";
import { FakeForwarder, INFER_ANSWER } from "./fakes/forwarder_server.ts";
import { JPEG, sanitized } from "./fakes/forwarder_world.ts";

/** Ten milliseconds each way, 2 Mbit/s. */
const SHAPE = { bytesPerSec: 250_000, delayMs: 10 };

/** Offloads a frame of some size. */
function offload(client: OffloadClient, bytes = 1000, deadlineMs = 3000) {
  const jpeg = new Uint8Array(bytes);
  jpeg.set(JPEG);
  return client.offload({ jpeg, model: "m", service: "detection", frame: 0, deadlineMs });
}

/** How an offload failed. */
async function failureOf(offloading: Promise<unknown>): Promise<string> {
  const error = await offloading.then(() => undefined, (error) => error);
  assert.ok(error instanceof OffloadError, String(error));
  return error.kind;
}

Deno.test(
  "a real gateway is behind a slow, a cut, a mended and a dead link",
  sanitized,
  async () => {
    await using cloud = await cloudBehindLink({ up: SHAPE, down: { ...SHAPE, delayMs: 30 } });
    const { link, url, backend } = cloud;
    const client = new OffloadClient(url, 2, systemClock);
    try {
      const { timingsMs } = await offload(client, 25_000);
      assert.ok(timingsMs.network > 140 && timingsMs.network < 190, `${timingsMs.network} ms`);

      link.cut();
      assert.equal(await failureOf(offload(client, 1000, 200)), "late");
      assert.equal(backend.calls.length, 1, "the cloud heard nothing of it");
      link.mend();
      await offload(client);

      // It is sent once more over another connection, and no more than that.
      const other = new OffloadClient(url, 1, systemClock);
      for (const resets of [1, 2]) {
        const sent = offload(other, 100_000);
        const ending = resets === 1 ? sent.then(({ server }) => server) : failureOf(sent);
        for (let reset = 0; reset < resets; reset++) {
          await systemClock.sleep(100);
          link.reset();
        }
        assert.equal(await ending, resets === 1 ? (await offload(client)).server : "broken");
        assert.equal(other.retries.sent, resets);
      }
      other.close();
      await offload(client);

      await link.close();
      assert.equal(await failureOf(offload(client)), "broken");
    } finally {
      client.close();
    }
  },
);

Deno.test("a scripted forwarder is behind a link that is slow one way", sanitized, async () => {
  await using forwarder = new FakeForwarder(async (request) => {
    await request.arrayBuffer();
    return Response.json(INFER_ANSWER);
  });
  await using behind = await behindLink(forwarder.url, { up: SHAPE, down: SHAPE });
  const client = new OffloadClient(behind.url, 1, systemClock);
  try {
    behind.link.reshape({ up: { delayMs: 100 } });
    const { timingsMs } = await offload(client);
    assert.ok(timingsMs.total > 110 && timingsMs.total < 160, `${timingsMs.total} ms`);
    assert.ok(behind.link.account().up > 1000);
  } finally {
    client.close();
  }
});
