/** Which frames of a client are too many. */

import assert from "node:assert/strict";
import { FRAME, frame } from "../../tests/fakes/raw_http2.ts";
import { FrameMeter } from "./frame_meter.ts";

const PREFACE = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const PING = frame(FRAME.ping, 0, 0, new Uint8Array(8));
const DATA = frame(FRAME.data, 0, 1, new Uint8Array(1000));
const EMPTY = frame(FRAME.data, 0, 1, []);
const END = frame(FRAME.data, 1, 1, []);

function begun(): FrameMeter {
  const meter = new FrameMeter(0);
  assert.ok(meter.take(PREFACE, 0));
  return meter;
}

/** How many of a frame are taken in one instant, 5000 at most. */
function taken(meter: FrameMeter, one: Uint8Array, nowMs = 0): number {
  for (let n = 0; n < 5000; n++) if (!meter.take(one, nowMs)) return n;
  return 5000;
}

Deno.test("a client has begun when its preface and a frame are there", () => {
  const meter = new FrameMeter(0);
  for (const byte of PREFACE) {
    meter.take(Uint8Array.of(byte), 0);
    assert.equal(meter.hasBegun, false);
  }
  meter.take(PING.subarray(0, 8), 0);
  assert.equal(meter.hasBegun, false);
  meter.take(PING.subarray(8), 0);
  assert.equal(meter.hasBegun, true);
});

Deno.test("frames that carry no call on are bounded, in one instant and over time", () => {
  for (const one of [PING, EMPTY, frame(FRAME.settings, 0, 0, []), frame(0xbe, 0, 0, [1])]) {
    assert.equal(taken(begun(), one), 200);
  }
  const patient = begun();
  for (let second = 0; second < 1000; second++) {
    for (let n = 0; n < 20; n++) assert.ok(patient.take(PING, second * 1000));
  }
  assert.ok(taken(patient, PING, 1_000_000) <= 221);
});

Deno.test("calls are not bounded, and each frame of theirs allows pings that measure them", () => {
  for (const one of [DATA, END, frame(FRAME.headers, 4, 1, [1])]) {
    assert.equal(taken(begun(), one), 5000);
  }
  const meter = begun();
  for (let n = 0; n < 2000; n++) {
    assert.ok(meter.take(DATA, 0));
    assert.ok(meter.take(PING, 0));
  }
});

Deno.test("frames are told apart wherever they are cut", () => {
  const flow = Uint8Array.from([...PREFACE, ...DATA, ...PING, ...END, ...DATA, ...PING]);
  for (const length of [1, 2, 3, 7, 100, 1009]) {
    const meter = new FrameMeter(0);
    for (let at = 0; at < flow.length; at += length) {
      assert.ok(meter.take(flow.subarray(at, at + length), 0));
    }
    assert.equal(taken(meter, PING), 199);
  }
});

Deno.test("who was found out stays it", () => {
  const meter = begun();
  assert.equal(taken(meter, PING), 200);
  assert.equal(meter.take(DATA, 0), false);
  assert.equal(meter.take(PING, 1e9), false);
});
