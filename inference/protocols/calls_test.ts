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
  const encoded = await new PixelPicture(plain(64, 48)).jpeg({ width: 64, height: 48 }, 90);
  const broken = { encoded: new Uint8Array([1, 2, 3]) };
  for (let i = 0; i < 4; i++) await served.infer({ encoded });
  await assert.rejects(served.infer(broken));
  served.bench.clock.jump(100); // what is told is that old at most
  await served.infer({ encoded });
  const [bytes] = served.trailers!.get("endpoint-load-metrics-bin");
  const report = OrcaLoadReport.toObject(OrcaLoadReport.decode(bytes as Uint8Array), {
    defaults: true,
  });
  assert.ok(report["memUtilization"] > 0.01 && report["memUtilization"] < 1);
  assert.ok(report["rpsFractional"] > 0);
  assert.ok(Math.abs(report["eps"] / report["rpsFractional"] - 1 / 6) < 0.01, "one of six failed");
  assert.ok(report["applicationUtilization"] >= 0);
  assert.equal(report["namedMetrics"]["queue_length"], 0);
});
