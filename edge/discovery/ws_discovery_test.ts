import assert from "node:assert/strict";
import { systemClock } from "../../core/clock.ts";
import { isSmarteyeError } from "../../core/errors.ts";
import { answering, probeMatch } from "../../tests/fakes/onvif_device.ts";
import { probe, type Probed } from "./ws_discovery.ts";

/** What comes of a probe whose every datagram is answered so. */
async function probed(...answers: (string | Uint8Array)[]): Promise<Probed> {
  await using device = await answering(() => answers);
  const signal = new AbortController().signal;
  return await probe({ target: device.target, waitMs: 200, signal }, systemClock);
}

Deno.test("a camera that answers is found, with its name, at the address that it answers from", async () => {
  const url = "http://203.0.113.9:8000/onvif/device_service http://[fe80::1]/onvif";
  const scopes = "onvif://www.onvif.org/hardware/X1 onvif://www.onvif.org/name/Front%20door";
  assert.deepEqual((await probed(probeMatch({ url, scopes }))).cameras, [{
    name: "Front door X1",
    host: "127.0.0.1",
    service: "http://127.0.0.1:8000/onvif/device_service",
  }]);
});

Deno.test("each camera is listed once, however often it answers", async () => {
  const url = "http://127.0.0.1/onvif";
  const answers = [probeMatch({ url }), probeMatch({ url }), probeMatch({ id: "urn:uuid:2", url })];
  const { cameras, malformed } = await probed(...answers);
  assert.equal(cameras.length, 2);
  assert.equal(malformed, 0);
});

Deno.test("answers that cannot be read are counted, and harm no other", async () => {
  const url = "http://127.0.0.1/onvif";
  const garbage = [
    ...["garbage", "", "<a", "<a/>", "<a>".repeat(5000), probeMatch({ url: "ftp://127.0.0.1/" })],
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    new Uint8Array([0xff, 0xfe, 0, 1]),
  ];
  const { cameras, malformed, malformedFrom } = await probed(...garbage, probeMatch({ url }));
  assert.equal(cameras.length, 1);
  // Two probes, for two types of devices.
  assert.equal(malformed, 2 * garbage.length);
  assert.equal(malformedFrom, "127.0.0.1");
});

Deno.test("a device that is no camera is passed over", async () => {
  const printer = probeMatch({ scopes: "ldap:///ou=printers", url: "http://127.0.0.1/" })
    .replace("dn:NetworkVideoTransmitter", "tds:Device");
  const { cameras, malformed } = await probed(printer);
  assert.deepEqual([cameras.length, malformed], [0, 0]);
});

Deno.test("a name from a stranger neither moves the cursor nor fills the screen", async () => {
  const evil = encodeURIComponent(`\u001b[2J\n\u202e${"x".repeat(500)}`);
  const scopes = `onvif://www.onvif.org/name/${evil}`;
  const { cameras: [camera] } = await probed(probeMatch({ scopes, url: "http://127.0.0.1/" }));
  // deno-lint-ignore no-control-regex -- they are what is looked for
  assert.doesNotMatch(camera!.name, /[\x00-\x1f\u202e]/);
  assert.equal(camera!.name.length, 80);
});

Deno.test("it waits as long as it is told, and no longer than its signal", async () => {
  await using silent = await answering(() => []);
  const { target } = silent;
  const over = new AbortController();
  const beganAtMs = systemClock.nowMs();
  const short = await probe({ target, waitMs: 100, signal: over.signal }, systemClock);
  assert.deepEqual(short, { cameras: [], malformed: 0, malformedFrom: undefined, leftOut: 0 });
  const waiting = probe({ target, waitMs: 60_000, signal: over.signal }, systemClock);
  while (silent.asked.length < 4) await systemClock.sleep(5);
  over.abort();
  await waiting;
  assert.ok(systemClock.nowMs() - beganAtMs < 10_000);
  assert.match(silent.asked[0]!, /dn:NetworkVideoTransmitter/);
  assert.match(silent.asked[1]!, /tds:Device/);
});

Deno.test("where nothing can be sent, it says so", async () => {
  const target = { host: "192.0.2.1", port: 0 };
  const signal = new AbortController().signal;
  await assert.rejects(
    probe({ target, waitMs: 1000, signal }, systemClock),
    (error) =>
      isSmarteyeError(error, "unavailable") && /Cannot look for cameras/.test(error.message),
  );
});
