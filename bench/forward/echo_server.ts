/** An inference server that infers nothing and answers at once: what is between takes the time. */

import type { Buffer } from "node:buffer";
import { Server, ServerCredentials, type ServiceDefinition } from "@grpc/grpc-js";
import { NO_TIMINGS } from "../../core/infer.ts";
import { replyToWire, statusToWire } from "../../proto/grpc_codec.ts";
import { Inference } from "../../proto/grpc_service.ts";

const LOAD = { cpuUtilization: 0, memoryUtilization: 0, queueLength: 0, running: 0, workers: 1 };
const { Infer, ServerStatus } = Inference.service;
const found = Array.from({ length: 5 }, (_, i) => (
  { label: "car", class_id: 2, score: 0.9, box: [i, 1, 2 + i, 3] as const }
));
const answer = Infer.responseSerialize(replyToWire({
  ...{ model: "m", width: 64, height: 48, timingsMs: NO_TIMINGS, load: LOAD },
  findings: { detections: found },
}));
const service = {
  // What comes is not read, and what goes is always the same.
  Infer: {
    ...Infer,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: () => answer,
  },
  ServerStatus,
} as unknown as ServiceDefinition;
const server = new Server({ "grpc.max_receive_message_length": 1e7 });
server.addService(service, {
  Infer: (_: unknown, done: (error: null, reply: object) => void) => done(null, {}),
  ServerStatus(_: unknown, done: (error: null, reply: object) => void) {
    const model = { name: "m", version: "1", service: "detection", state: "ready" } as const;
    const models = [{ ...model, accuracy: undefined, latencyMs: undefined, detail: "" }];
    const said = { version: "0", uptimeMs: 0, provider: "cpu", draining: false };
    done(null, statusToWire({ ...said, models, load: LOAD }));
  },
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(JSON.stringify({ servers: [`127.0.0.1:${port}`] }));
});
