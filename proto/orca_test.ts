import assert from "node:assert/strict";
import { loadReportFromWire, loadReportToWire } from "./orca.ts";

const REPORT = {
  load: {
    cpuUtilization: 0.5,
    memoryUtilization: 0.25,
    queueLength: 3,
    running: 2,
    workers: 4,
  },
  utilization: 1.25,
  requestsPerSecond: 40.5,
  failuresPerSecond: 0.5,
};

Deno.test("a load report is the same behind the wire", () => {
  assert.deepEqual(loadReportFromWire(loadReportToWire(REPORT)), REPORT);
});

Deno.test("a load report's fields have the standard's numbers", () => {
  const bytes = loadReportToWire({ ...REPORT, load: { ...REPORT.load, queueLength: 0 } });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const doubles = new Map<number, number>();
  const named: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const [field, kind] = [bytes[at]! >> 3, bytes[at]! & 7];
    if (kind === 1) doubles.set(field, view.getFloat64(at + 1, true));
    else {
      assert.deepEqual([field, kind], [8, 2]);
      named.push(new TextDecoder().decode(bytes.subarray(at + 4, at + 4 + bytes[at + 3]!)));
    }
    at += kind === 1 ? 9 : 2 + bytes[at + 1]!;
  }
  assert.deepEqual(Object.fromEntries(doubles), { 1: 0.5, 2: 0.25, 6: 40.5, 7: 0.5, 9: 1.25 });
  assert.deepEqual(named, ["queue_length", "running", "workers"]);
});

Deno.test("a report that tells nothing is one of an idle server", () => {
  assert.equal(loadReportFromWire(new Uint8Array()).requestsPerSecond, 0);
  assert.equal(loadReportFromWire(new Uint8Array()).load.queueLength, 0);
});
