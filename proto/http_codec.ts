/** edge ↔ forwarder: the query of an offloaded frame, its answer, and the forwarder's own state. */

import { z } from "zod";
import type { Classification, Detection, Findings, Service } from "../core/detection.ts";
import type { InferReply, InferTimings } from "../core/infer.ts";
import { type ModelProfile, NO_LOAD, type ServerLoad } from "../core/model.ts";
import { ServerDetails } from "./http_details.ts";
import { type LoadAnswer, loadAnswerOf } from "./http_load.ts";
import type { Schema } from "./http_schema.ts";

/** Fields of an offloaded frame, checked: in the query, or beside the file in a form. */
export interface InferFields {
  /** Name of the model, 1 to 128 characters. */
  readonly model: string;
  /** When given, a model of another service is refused. */
  readonly service?: Service | undefined;
  /** Milliseconds that the sender waits for the answer, at least 1; the forwarder's own when absent. */
  readonly deadline_ms?: number | undefined;
  /** The frame's number in the sender's run; only told in logs. */
  readonly frame?: number | undefined;
}

/** Pixels that an encoded image, and so its mask, has at most on a side: those of a JPEG. */
const SIDE_MAX = 65_535;

const service = z.enum(["detection", "classification"]);
const wholeNumber = z.coerce.number().int().min(0);

/** Reads the fields from text: numbers may be given as digits. */
export const InferFields: Schema<InferFields> = z.object({
  model: z.string().min(1).max(128).describe("Its name, or name@version."),
  service: service.optional().describe("A model of the other is refused."),
  deadline_ms: wholeNumber.min(1).optional().describe("How long the sender waits."),
  frame: wholeNumber.optional().describe("Its number in the sender's run; only told in logs."),
});

/** Answer to an offloaded frame, checked: it has either detections or classifications. */
export interface InferAnswer {
  /** Name of the model that inferred it. */
  readonly model: string;
  /** Pixels of the image that was sent. */
  readonly width: number;
  /** Pixels of the image that was sent. */
  readonly height: number;
  /** Boxes in pixels of the image that was sent; absent when the model does not detect. */
  readonly detections?: readonly Detection[] | undefined;
  /** Absent when the model does not classify. */
  readonly classifications?: readonly Classification[] | undefined;
  /** Name of the inference server that inferred it. */
  readonly server: string;
  /** Where that server's time went, in milliseconds. */
  readonly timings_ms: InferTimings;
  /** Seconds from the last byte of the request to the answer: receiving it is the network's time. */
  readonly process_time: number;
  /** Where the forwarder's time went; absent where it does not tell. */
  readonly stages_ms?: Stages | undefined;
  /** How busy that server was when it answered; absent where the forwarder does not tell. */
  readonly load?: LoadAnswer | undefined;
  /** When the last byte of the request arrived; absent where the forwarder does not tell. */
  readonly received?: Instant | undefined;
}

/**
 * Where the forwarder's time for an offloaded frame went, in milliseconds. All but `receive` add up to
 * `process_time`.
 */
export interface Stages {
  /** From the arrival of the request's head to the last byte of its body. */
  readonly receive: number;
  /** Waiting for a Worker, as the server tells. */
  readonly queue: number;
  /** At that Worker: decoded, preprocessed, inferred, postprocessed, as the server tells. */
  readonly infer: number;
  /** All else: checking, dispatching, calling the server, answering. */
  readonly answer: number;
}

/**
 * When something happened, on a clock of the forwarder's own that never jumps. How it stands to any
 * other clock is not known: only instants of the same clock can be compared.
 */
export interface Instant {
  /** Milliseconds, about those since the Unix epoch. */
  readonly at_ms: number;
  /** Which clock: a forwarder that was started anew has another one. */
  readonly clock: string;
}

const amount = z.number().min(0);
const load = z.object({
  cpu_utilization: amount.describe("Share of its processors that was busy lately, 0 to 1."),
  memory_utilization: amount.describe("Share of its memory that is in use, 0 to 1."),
  queue_length: amount.optional().describe("Requests that wait for a Worker."),
  running: amount.optional().describe("Requests that are being inferred."),
  workers: amount.optional().describe("Workers that infer."),
});
const instant = z.object({
  at_ms: z.number().min(0).max(Number.MAX_SAFE_INTEGER).describe("Milliseconds of that clock."),
  clock: z.string().max(64).describe("Only instants of the same clock can be compared."),
});

/** What is only told beside an answer: where it cannot be, the answer is one without it. */
function aside<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  return schema.optional().catch(undefined);
}

const label = {
  label: z.string().describe("What it is."),
  class_id: z.number().int().describe("The label's place in the model's list."),
  score: z.number().min(0).max(1).describe("How sure that is."),
};
const box = z.tuple([z.number(), z.number(), z.number(), z.number()])
  .describe("x1, y1, x2, y2 in pixels of the image.");
const count = z.number().int().min(0);
const side = z.number().int().min(1).max(SIDE_MAX);
const mask = z.object({
  size: z.tuple([side, side]).describe("Height and width."),
  counts: z.array(count).describe("Runs of pixels outside and inside in turn, column by column."),
}).refine(
  ({ size: [height, width], counts }) => counts.reduce((sum, n) => sum + n, 0) <= height * width,
  { message: "runs of no more pixels than the mask has are wanted" },
);

/** Reads the answer to an offloaded frame from JSON. */
export const InferAnswer: Schema<InferAnswer> = z.object({
  model: z.string().describe("The model that inferred it."),
  width: z.number().int().positive().describe("Pixels of the image."),
  height: z.number().int().positive().describe("Pixels of the image."),
  detections: z.array(z.object({ ...label, box, mask: mask.optional().describe("Its pixels.") }))
    .optional().describe("Of a detector alone."),
  classifications: z.array(z.object(label)).optional().describe("Of a classifier alone."),
  server: z.string().describe("The inference server that inferred it."),
  timings_ms: z.object({
    decode: z.number().describe("Decoding the image."),
    queue: z.number().describe("Waiting for a Worker, and to be handed on."),
    preprocess: z.number().describe("Making the tensor."),
    infer: z.number().describe("The network."),
    postprocess: z.number().describe("Reading its outputs."),
    total: z.number().describe("All of these."),
  }).describe("Where the server's time went, in milliseconds."),
  process_time: z.number().describe("Seconds from the last byte of the request to the answer."),
  stages_ms: aside(z.object({
    receive: amount.describe("From the head of the request to the last byte of its body."),
    queue: amount.describe("Waiting for a Worker."),
    infer: amount.describe("At that Worker."),
    answer: amount.describe("All else."),
  })).describe("Where the forwarder's time went, in milliseconds."),
  load: aside(load).describe("How busy the server was when it answered."),
  received: aside(instant).describe("When the last byte of the request arrived."),
}).refine(
  (answer) => (answer.detections === undefined) !== (answer.classifications === undefined),
  { message: "either detections or classifications are wanted" },
);

/** What the forwarder itself tells of an offloaded frame. */
export interface Handled {
  /** Name of the inference server that inferred it. */
  readonly server: string;
  /** Milliseconds from the arrival of the request's head to the last byte of its body. */
  readonly receiveMs: number;
  /** Milliseconds from then to the answer. */
  readonly processMs: number;
  /** When that last byte arrived. */
  readonly received: Instant;
}

/** The answer to an offloaded frame. */
export function inferAnswerOf(
  { model, width, height, findings, timingsMs, load }: InferReply,
  { server, receiveMs, processMs, received }: Handled,
): InferAnswer {
  const { queue, infer } = within(processMs, timingsMs);
  return {
    ...{ model, width, height },
    ...findings,
    server,
    timings_ms: { ...timingsMs },
    process_time: processMs / 1000,
    stages_ms: { receive: receiveMs, queue, infer, answer: processMs - queue - infer },
    ...(load === undefined ? {} : { load: loadAnswerOf(load) }),
    received,
  };
}

/** The server's time as a part of the forwarder's, in milliseconds: it is told by another clock. */
function within(
  processMs: number,
  { queue, total }: InferTimings,
): Pick<Stages, "queue" | "infer"> {
  const waited = Math.min(processMs, Math.max(0, queue));
  return { queue: waited, infer: Math.min(processMs - waited, Math.max(0, total - waited)) };
}

/** The fields of an offloaded frame as a query. */
export function queryOf({ model, service, deadline_ms, frame }: InferFields): URLSearchParams {
  const query = new URLSearchParams({ model });
  if (service !== undefined) query.set("service", service);
  if (deadline_ms !== undefined) query.set("deadline_ms", String(deadline_ms));
  if (frame !== undefined) query.set("frame", String(frame));
  return query;
}

/** The findings in an answer. */
export function findingsOf(answer: InferAnswer): Findings {
  return answer.detections !== undefined
    ? { detections: answer.detections }
    : { classifications: answer.classifications ?? [] };
}

/** One server as the forwarder sees it. */
export interface ServerAnswer {
  /** `host:port`, as in the forwarder's config. */
  readonly name: string;
  /** `ready` takes requests; `draining` finishes what it has; `down` does not answer. */
  readonly state: "ready" | "draining" | "down";
  /** Why it is down; empty otherwise. */
  readonly detail: string;
  /** Requests of this forwarder that the server has not answered yet. */
  readonly in_flight: number;
  /** What it last said of itself; all 0 before it said anything, absent of one that does not tell. */
  readonly load?: LoadAnswer | undefined;
  /** Models that are ready on it; version, accuracy 0 to 100 and latency in milliseconds where known. */
  readonly models: readonly {
    readonly name: string;
    readonly version?: string | undefined;
    readonly service: Service;
    readonly accuracy?: number | undefined;
    readonly latency_ms?: number | undefined;
  }[];
  /** Models that it has and that are not offered, and why; absent where there are none. */
  readonly not_offered?: readonly { readonly name: string; readonly detail: string }[] | undefined;
  /** What became of it; absent where it was not asked for. */
  readonly details?: ServerDetails | undefined;
}

/** What the forwarder knows of one of its servers. */
export interface ServerSeen {
  /** `host:port`, as in the forwarder's config. */
  readonly name: string;
  /** Whether it takes requests. */
  readonly state: ServerAnswer["state"];
  /** Why it is down; empty otherwise. */
  readonly detail: string;
  /** Requests of this forwarder that it has not answered yet. */
  readonly inFlight: number;
  /** What it last said of itself; absent before it said anything. */
  readonly load: ServerLoad | undefined;
  /** Whether it does not tell that at all. */
  readonly isLoadUntold?: boolean | undefined;
  /** Models that are ready on it; a version is empty where the server does not say. */
  readonly models: readonly (ModelProfile & { readonly version?: string })[];
  /** Models that it has and that are not offered. */
  readonly notOffered?: readonly NotOffered[] | undefined;
}

/** A model that a server has and that nobody is offered. */
export interface NotOffered {
  /** As the server calls it. */
  readonly name: string;
  /** Why, for people. */
  readonly why: string;
}

/** One server in the answer of `GET /v1/servers`. */
export function serverAnswerOf(
  { name, state, detail, inFlight, load = NO_LOAD, isLoadUntold, models, notOffered = [] }:
    ServerSeen,
): ServerAnswer {
  return {
    ...{ name, state, detail },
    in_flight: inFlight,
    ...(isLoadUntold ? {} : { load: loadAnswerOf(load) }),
    models: models.map(({ name, version, service, accuracy, latencyMs }) => ({
      name,
      ...(version ? { version } : {}),
      service,
      ...(accuracy === undefined ? {} : { accuracy }),
      ...(latencyMs === undefined ? {} : { latency_ms: latencyMs }),
    })),
    ...(notOffered.length === 0 ? {} : {
      not_offered: notOffered.map(({ name, why }) => ({ name, detail: why })),
    }),
  };
}

const serverAnswer = z.object({
  name: z.string().describe("host:port, as in the forwarder's config."),
  state: z.enum(["ready", "draining", "down"]).describe("Only a ready one takes requests."),
  detail: z.string().describe("Why it is down, or passed over; empty otherwise."),
  in_flight: z.number().describe("Requests of this forwarder that it has not answered yet."),
  load: load.optional().catch(loadAnswerOf(NO_LOAD)).describe(
    "Absent where it does not tell.",
  ),
  models: z.array(z.object({
    name: z.string().describe("Its name."),
    version: aside(z.string()).describe("Which of that name it is, where the server tells."),
    service: service.describe("What it does."),
    accuracy: aside(amount).describe("Published accuracy, 0 to 100."),
    latency_ms: aside(amount).describe("Measured latency on that machine, in milliseconds."),
  })).describe("Models that are ready on it."),
  not_offered: aside(z.array(z.object({
    name: z.string().describe("As the server calls it."),
    detail: z.string().describe("Why not."),
  }))).describe("Models that it has and that nobody is offered."),
  details: aside(ServerDetails as z.ZodType<ServerDetails>).describe(
    "What became of it, where that is asked for.",
  ),
});

/** Answer of `GET /v1/servers`. */
export interface ServersAnswer {
  /** All of the forwarder's servers, in the order of its config. */
  readonly servers: readonly ServerAnswer[];
  /** When the question arrived; absent where the forwarder does not tell. */
  readonly received?: Instant | undefined;
}

/** Reads the answer of `GET /v1/servers` from JSON. */
export const ServersAnswer: Schema<ServersAnswer> = z.object({
  servers: z.array(serverAnswer).describe("All, in the order of the forwarder's config."),
  received: aside(instant).describe("When the question arrived."),
});

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
