import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { MINUTE_MS } from "../../core/log.ts";
import { OutageLog } from "./outage_log.ts";

Deno.test("a cloud that refuses and answers by turns is told once, then each minute", async () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  const told = new OutageLog("http://cloud", clock, (line) => lines.push(line));
  for (let outage = 0; outage < 12; outage++) {
    told.opened("it answers 503");
    await clock.advance(100);
    told.closed(100);
    await clock.advance(400);
  }
  assert.deepEqual(lines.splice(0), [
    "no frame is sent to http://cloud for now: it answers 503",
    "frames are sent to http://cloud again: after 0.1 s",
  ]);
  await clock.advance(MINUTE_MS);
  assert.deepEqual(lines.splice(0), [
    "no frame is sent to http://cloud for now (×11 more): it answers 503",
    "frames are sent to http://cloud again (×11 more): after 0.1 s",
  ]);
  told.opened("it answers 503");
  told.flush();
  assert.deepEqual(lines, ["no frame is sent to http://cloud for now (×1 more): it answers 503"]);
});
