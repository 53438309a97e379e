/** edge ↔ forwarder: the query of an offloaded frame, its answer, and the forwarder's own state. */

import { z } from "zod";
import type { Findings } from "../core/detection.ts";
import type { ModelProfile } from "../core/model.ts";

/** Types of image that `POST /image_handler` takes as a body or as a form's file. */
export const IMAGE_TYPES: readonly string[] = ["image/jpeg", "image/png", "image/webp"];

const wholeNumber = z.coerce.number().int().min(0);

/** Fields of an offloaded frame: in the query, or beside the file in a form. */
export const InferFields = z.object({
  model: z.string().min(1).max(128),
  service: z.enum(["detection", "classification"]).optional(),
  /** Milliseconds that the sender waits for the answer. */
  deadline_ms: wholeNumber.min(1).optional(),
  /** The frame's number in the sender's run; only told in logs. */
  frame: wholeNumber.optional(),
});

/** Fields of an offloaded frame, checked. */
export type InferFields = z.infer<typeof InferFields>;

const score = z.number().min(0).max(1);
const detection = z.object({
  label: z.string(),
  class_id: z.number().int(),
  score,
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
});
const classification = z.object({ label: z.string(), class_id: z.number().int(), score });

/** Answer to an offloaded frame. Boxes are in pixels of the image that was sent. */
export const InferAnswer = z.object({
  model: z.string(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  detections: z.array(detection).optional(),
  classifications: z.array(classification).optional(),
  /** Name of the inference server that inferred it. */
  server: z.string(),
  timings_ms: z.object({
    decode: z.number(),
    queue: z.number(),
    infer: z.number(),
    total: z.number(),
  }),
  /** Seconds that the forwarder spent on the request. */
  process_time: z.number(),
}).refine(
  (answer) => (answer.detections === undefined) !== (answer.classifications === undefined),
  {
    message: "either detections or classifications are wanted",
  },
);

/** Answer to an offloaded frame, checked. */
export type InferAnswer = z.infer<typeof InferAnswer>;

/** The findings in an answer. */
export function findingsOf(answer: InferAnswer): Findings {
  return answer.detections !== undefined
    ? { detections: answer.detections }
    : { classifications: answer.classifications ?? [] };
}

/** Body of every error answer. */
export const ErrorAnswer = z.object({ error: z.string(), detail: z.string() });

/** Body of an error answer: a code of `core/errors.ts` and a sentence. */
export type ErrorAnswer = z.infer<typeof ErrorAnswer>;

/** One server in the answer of `GET /v1/servers`. */
export const ServerAnswer = z.object({
  name: z.string(),
  /** `ready` takes requests; `draining` finishes what it has; `down` does not answer. */
  state: z.enum(["ready", "draining", "down"]),
  /** Why it is down; empty otherwise. */
  detail: z.string(),
  /** Requests of this forwarder that the server has not answered yet. */
  in_flight: z.number(),
  load: z.object({
    cpu_utilization: z.number(),
    memory_utilization: z.number(),
    queue_length: z.number(),
    running: z.number(),
    workers: z.number(),
  }),
  models: z.array(z.object({
    name: z.string(),
    service: z.enum(["detection", "classification"]),
    accuracy: z.number().optional(),
    latency_ms: z.number().optional(),
  })),
});

/** One server as the forwarder sees it. */
export type ServerAnswer = z.infer<typeof ServerAnswer>;

/** Answer of `GET /v1/servers`. */
export const ServersAnswer = z.object({ servers: z.array(ServerAnswer) });

/** All servers as the forwarder sees them. */
export type ServersAnswer = z.infer<typeof ServersAnswer>;

/** The models that the ready servers of an answer offer, each once, with its best measured latency. */
export function modelsOf(answer: ServersAnswer): ModelProfile[] {
  const models = new Map<string, ModelProfile>();
  for (const server of answer.servers) {
    if (server.state !== "ready") continue;
    for (const { name, service, accuracy, latency_ms } of server.models) {
      const known = models.get(name)?.latencyMs ?? Infinity;
      const latencyMs = Math.min(known, latency_ms ?? Infinity);
      models.set(name, {
        name,
        service,
        accuracy,
        latencyMs: Number.isFinite(latencyMs) ? latencyMs : undefined,
      });
    }
  }
  return [...models.values()];
}
