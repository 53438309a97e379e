/** How busy a server is, as balancers are told by it in the trailers of an answer (ORCA), both ways. */

import { Buffer } from "node:buffer";
import type { LoadReport } from "../core/model.ts";
import { OrcaLoadReport } from "./grpc_service.ts";

/** The trailer that holds a report (gRFC A51, and Envoy's client side weighted round robin). */
export const LOAD_REPORT_TRAILER = "endpoint-load-metrics-bin";

/** The metrics that have no field of their own. */
const NAMED = ["queueLength", "running", "workers"] as const;

/** A report as the bytes of its message. */
export function loadReportToWire(
  { load, utilization, requestsPerSecond, failuresPerSecond }: LoadReport,
): Uint8Array {
  return OrcaLoadReport.serialize({
    cpuUtilization: load.cpuUtilization,
    memUtilization: load.memoryUtilization,
    applicationUtilization: utilization,
    rpsFractional: requestsPerSecond,
    eps: failuresPerSecond,
    namedMetrics: Object.fromEntries(NAMED.map((name) => [snake(name), load[name] ?? 0])),
  });
}

/** A report from the bytes of its message; what the server did not tell is 0. @throws {Error} when they are none. */
export function loadReportFromWire(bytes: Uint8Array): LoadReport {
  const wire = OrcaLoadReport.deserialize(Buffer.from(bytes));
  const [queueLength, running, workers] = NAMED.map((name) => wire.namedMetrics[snake(name)] ?? 0);
  return {
    load: {
      cpuUtilization: wire.cpuUtilization,
      memoryUtilization: wire.memUtilization,
      queueLength: queueLength!,
      running: running!,
      workers: workers!,
    },
    utilization: wire.applicationUtilization,
    requestsPerSecond: wire.rpsFractional,
    failuresPerSecond: wire.eps,
  };
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
