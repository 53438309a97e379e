/** What every answer of the gRPC port carries. */

import assert from "node:assert/strict";
import protobuf from "protobufjs";
import { PixelPicture } from "../../core/image.ts";
import { plain } from "../../tests/fakes/pictures.ts";
import { Served } from "../../tests/fakes/served.ts";

/** The fields of `xds.data.orca.v3.OrcaLoadReport` that are told. */
const OrcaLoadReport = protobuf.parse(`
  syntax = "proto3";
  message OrcaLoadReport {
    double cpu_utilization = 1;
    double mem_utilization = 2;
    double rps_fractional = 6;
    double eps = 7;
    map<string, double> named_metrics = 8;
    double application_utilization = 9;
  }`).root.lookupType("OrcaLoadReport");

Deno.test("every answer's trailers tell how busy the server is", async () => {
  await using served = await Served.open();
  const { clock } = served.bench;
  const encoded = await new PixelPicture(plain(64, 48)).jpeg({ width: 64, height: 48 }, 90);
  const deadline = Date.now() + 60_000; // of the client, whose clock is behind the server's
  const callMs = 10_000; // more than the deadline moves on while a call is under way
  clock.jump(deadline + callMs - clock.epochMs());
  for (let i = 0; i < 4; i++) await served.infer({ encoded });
  await assert.rejects(served.infer({ encoded }, { deadline }), /the deadline has passed/);
  await assert.rejects(served.infer({ encoded: new Uint8Array([1, 2, 3]) }), /Cannot read the/);
  await clock.advance(100);
  await served.infer({ encoded });
  const report = told(served);
  assert.ok(report["memUtilization"] > 0.01 && report["memUtilization"] < 1);
  assert.ok(report["rpsFractional"] > 0);
  const failed = report["eps"] / report["rpsFractional"];
  assert.ok(Math.abs(failed - 1 / 7) < 0.01, `${failed}: one of seven failed, one was wrong`);
  assert.ok(report["applicationUtilization"] >= 0);
  assert.equal(report["namedMetrics"]["queue_length"], 0);
});

Deno.test("a call that fails tells it as well, and a report is told for a tenth of a second", async () => {
  await using served = await Served.open();
  await assert.rejects(served.infer({}), /no image/);
  assert.equal(told(served)["rpsFractional"], 0);
  const encoded = await new PixelPicture(plain(64, 48)).jpeg({ width: 64, height: 48 }, 90);
  await served.infer({ encoded });
  assert.equal(told(served)["rpsFractional"], 0);
  await served.bench.clock.advance(100);
  await served.call("ListModels");
  assert.ok(told(served)["rpsFractional"] > 0);
});

/** The report in the last call's trailers. */
function told(served: Served) {
  const [bytes] = served.trailers!.get("endpoint-load-metrics-bin");
  return OrcaLoadReport.toObject(OrcaLoadReport.decode(bytes as Uint8Array), { defaults: true });
}
