/** forwarder → whoever asks: the edges that talk to it. */

import { z } from "zod";
import type { EdgeTallies } from "./http_edge.ts";
import type { Schema } from "./http_schema.ts";

/** `active` asked lately; `silent` did not for 10 s; `gone` did not for 10 minutes. */
export const EDGE_STATES = ["active", "silent", "gone"] as const;

/** One of them. */
export type EdgeState = typeof EDGE_STATES[number];

/** One edge, or another sender of frames, as the forwarder sees it since the forwarder was started. */
export interface EdgeAnswer {
  /** What it calls itself; where it does not, whose token it has, or its address. */
  readonly name: string;
  /** Whether it calls itself so. */
  readonly named: boolean;
  /** Whether it is heard. */
  readonly state: EdgeState;
  /** Whose token it has; absent where no tokens are wanted. */
  readonly client?: string | undefined;
  /** The newest of its addresses; several may be several edges of one name. */
  readonly addresses: readonly string[];
  /** Version of its program, where it tells. */
  readonly version?: string | undefined;
  /** The newest of the sources that its frames were from. */
  readonly sources: readonly string[];
  /** When it was seen first, ISO 8601. */
  readonly first_seen: string;
  /** Seconds since it asked anything. */
  readonly seen_ago_s: number;
  /** Its frames, and how they ended: refused before a server was asked, or failed afterwards. */
  readonly requests: Readonly<Record<"total" | "ok" | "refused" | "failed", number>>;
  /** Those that were refused, by the code of the error; absent where there are none. */
  readonly refused?: Readonly<Record<string, number>> | undefined;
  /** Those that failed, likewise. */
  readonly failed?: Readonly<Record<string, number>> | undefined;
  /** Frames a second, over the last minute. */
  readonly requests_per_s: number;
  /** Bytes of bodies, from the edge and to it. */
  readonly bytes: { readonly up: number; readonly down: number };
  /** From a frame's head to its answer, of those answered in the last minute; absent without any. */
  readonly latency_ms?: { readonly p50: number; readonly p95: number } | undefined;
  /** What became of the frames that it captured, as it says itself. */
  readonly frames?: EdgeTallies | undefined;
  /** Share of its inferred frames that the cloud inferred, 0 to 1. */
  readonly offloaded?: number | undefined;
}

/** Answer of `GET /v1/edges`. */
export interface EdgesAnswer {
  /** By name. */
  readonly edges: readonly EdgeAnswer[];
  /** Those that were forgotten since there were too many. */
  readonly forgotten: number;
}

const count = z.int().min(0);
const byCode = z.record(z.string(), count);

/** Reads it from JSON. */
export const EdgesAnswer: Schema<EdgesAnswer> = z.object({
  edges: z.array(z.object({
    name: z.string().describe("What it calls itself; else whose token it has, or its address."),
    named: z.boolean().describe("Whether it calls itself so."),
    state: z.enum(EDGE_STATES).describe("Heard lately; not for 10 s; not for 10 minutes."),
    client: z.string().optional().describe("Whose token it has."),
    addresses: z.array(z.string()).describe("The newest; several may be several edges."),
    version: z.string().optional().describe("Of its program."),
    sources: z.array(z.string()).describe("The newest that its frames were from."),
    first_seen: z.iso.datetime().describe("When it was seen first."),
    seen_ago_s: z.number().min(0).describe("Seconds since it asked anything."),
    requests: z.object({
      total: count.describe("All frames that it sent."),
      ok: count.describe("Those that were answered."),
      refused: count.describe("Those for which no server was asked."),
      failed: count.describe("Those that failed after one was."),
    }).describe("Its frames since the forwarder was started."),
    refused: byCode.optional().describe("Refused frames, by the error's code."),
    failed: byCode.optional().describe("Failed frames, by the error's code."),
    requests_per_s: z.number().min(0).describe("Over the last minute."),
    bytes: z.object({
      up: count.describe("From the edge."),
      down: count.describe("To it."),
    }).describe("Bytes of bodies."),
    latency_ms: z.object({
      p50: z.number().describe("Half took no longer."),
      p95: z.number().describe("19 of 20 took no longer."),
    }).optional().describe("From a frame's head to its answer, in the last minute."),
    frames: z.object({
      captured: count.describe("All."),
      local: count.describe("Inferred on the edge."),
      cloud: count.describe("Inferred in the cloud."),
      filtered: count.describe("Not worth it."),
      dropped: count.describe("Not in time."),
      failed: count.describe("Went wrong."),
    }).optional().describe("What became of the frames that it captured, as it says itself."),
    offloaded: z.number().min(0).max(1).optional().describe(
      "Share of its inferred frames that the cloud inferred.",
    ),
  })).describe("All that are known, by name."),
  forgotten: count.describe("Those that were forgotten since there were too many."),
});
