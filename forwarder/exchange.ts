/** One request from its head to its answer: what is known of it, for whoever tells of it afterwards. */

import type { ErrorCode } from "../core/errors.ts";
import type { EdgeSaid } from "../proto/http_edge.ts";
import type { AttemptRecord } from "./work.ts";
import type { Wire } from "./wires/wire.ts";

/** What a caller may call its request: it comes back, and stands in logs. */
const REQUEST_ID = /^[\w.:/+=-]{1,128}$/;

/** What is known of a request. What is not known yet is absent. */
export class Exchange {
  /** Who asks: the name of its token, or its address. */
  client?: string;
  /** What its sender says of itself. */
  edge?: EdgeSaid;
  /** Name of the model that it asks for: anything at all. */
  model?: string;
  /** The frame's number in the sender's run. */
  frame?: number;
  /** Bytes of its body that came. */
  bytesIn = 0;
  /** When the last of them came, on the clock's `nowMs`. */
  receivedAtMs?: number;
  /** Whether it came as far as to a server. */
  isDispatched = false;
  /** Name of the server that answered. */
  server?: string;
  /** Calls of servers for it, as they ended. */
  readonly attempts: AttemptRecord[] = [];
  /** What went wrong. */
  failure?: { readonly code: ErrorCode; readonly detail: string };

  /** Its head is there. */
  constructor(
    /** What it is called wherever it is told of. */
    readonly id: string,
    /** The other end's IP address. */
    readonly peer: string,
    /** How it asks. */
    readonly wire: Wire["name"],
    /** When that was, on the clock's `nowMs`. */
    readonly arrivedAtMs: number,
  ) {}
}

/** What the caller calls the request, if that is a word, else something that nobody else is called. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get("x-request-id") ?? "";
  return REQUEST_ID.test(given) ? given : crypto.randomUUID();
}
