import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { JPEG, OPTIONS } from "../tests/fakes/forwarder_world.ts";
import { ArrivingBodies } from "../web/arriving_bodies.ts";
import { smarteyeWire } from "./wires/smarteye.ts";

/** Milliseconds until a body's bytes are there, and from then on until its end is. */
const BYTES_MS = 300;
const END_MS = 400;

Deno.test("a body is received with its last byte, one of no told length with its end", async () => {
  const headers = { "content-type": "image/jpeg" };
  const cases: [headers: Record<string, string>, receivedAfterMs: number][] = [
    [{ ...headers, "content-length": `${JPEG.length}` }, BYTES_MS],
    [headers, BYTES_MS + END_MS],
  ];
  for (const [headers, receivedAfterMs] of cases) {
    const clock = new FakeClock();
    const body = new ReadableStream({
      async start(controller) {
        await clock.sleep(BYTES_MS);
        controller.enqueue(JPEG);
        await clock.sleep(END_MS);
        controller.close();
      },
    });
    const request = new Request("http://cloud/?model=m", { method: "POST", headers, body });
    const arrivedAtMs = clock.nowMs();
    const { receivedAtMs } = await clock.until(smarteyeWire.receive(request, {
      ...{ clock, arrivedAtMs, deadlineMs: 3000, limits: OPTIONS.limits },
      onModel() {},
      onToken() {},
      onFrame() {},
      bodies: new ArrivingBodies(() => ({ bytesMax: 1000, timeoutMs: 4000 }), clock),
      onBytes() {},
    }));
    assert.equal(receivedAtMs - arrivedAtMs, receivedAfterMs, JSON.stringify(headers));
  }
});
