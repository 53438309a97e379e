/** forwarder → whoever asks for it: what became of a server and of its requests. */

import { z } from "zod";
import type { Schema } from "./http_schema.ts";

/** What becomes of servers. `ejected`: passed over for a while, as calls went wrong or took too long. */
export const CHANGES = ["ready", "draining", "down", "ejected"] as const;

/** Something that became of a server. */
export interface ServerChange {
  /** When, ISO 8601. */
  readonly at: string;
  /** What. */
  readonly kind: typeof CHANGES[number];
  /** Why, for people; empty where there is nothing to say. */
  readonly detail: string;
}

/** What is told of a server on demand. */
export interface ServerDetails {
  /** Seconds since it became what it is. */
  readonly since_s: number;
  /** Seconds since it said how it is; absent where it never did. */
  readonly heard_ago_s?: number | undefined;
  /** Calls that ended since it is known, in the last minute, and by how; shares are of all servers. */
  readonly calls:
    & Readonly<Record<"total" | "minute" | "success" | "failed" | "refused" | "ignored", number>>
    & { readonly share?: number | undefined; readonly share_minute?: number | undefined };
  /** How long its answers of the last minute took; absent without any. */
  readonly latency_ms?: Readonly<Record<"p50" | "p95" | "p99", number>> | undefined;
  /** Times that it was passed over. */
  readonly ejections: number;
  /** Seconds for which it still is; absent where it is not. */
  readonly ejected_for_s?: number | undefined;
  /** The last things that became of it, the newest first. */
  readonly changes: readonly ServerChange[];
}

const amount = z.number().min(0);
const count = z.int().min(0);
const share = z.number().min(0).max(1);

/** Reads it from JSON. */
export const ServerDetails: Schema<ServerDetails> = z.object({
  since_s: amount.describe("Seconds since it became what it is."),
  heard_ago_s: amount.optional().describe("Seconds since it said how it is."),
  calls: z.object({
    total: count.describe("All that ended."),
    minute: count.describe("Those of the last minute."),
    success: count.describe("Answered."),
    failed: count.describe("Failed by the server's fault."),
    refused: count.describe("Refused since it had too much to do."),
    ignored: count.describe("Ended otherwise: the client left, or was wrong."),
    share: share.optional().describe("Share of all servers' calls."),
    share_minute: share.optional().describe("The same of the last minute."),
  }).describe("Calls to it."),
  latency_ms: z.object({
    p50: amount.describe("Half took no longer."),
    p95: amount.describe("19 of 20 took no longer."),
    p99: amount.describe("99 of 100 took no longer."),
  }).optional().describe("How long its answers of the last minute took."),
  ejections: count.describe("Times that it was passed over."),
  ejected_for_s: amount.optional().describe("Seconds for which it still is."),
  changes: z.array(z.object({
    at: z.iso.datetime().describe("When."),
    kind: z.enum(CHANGES).describe("What became of it."),
    detail: z.string().describe("Why."),
  })).describe("The last things that became of it, the newest first."),
});
