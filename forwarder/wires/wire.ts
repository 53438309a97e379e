/** The ways in which an inference is asked for over HTTP, and answered. */

import type { ErrorCode } from "../../core/errors.ts";
import type { RefusalFacts } from "../../web/answers.ts";
import type { Instant } from "../../proto/http_codec.ts";
import type { Reply } from "../backend.ts";
import type { ReceivedWork, ReceiveOptions } from "../receive.ts";

/** What is told with an answer. */
export interface Told {
  /** Name of the server that inferred it. */
  readonly server: string;
  /** Milliseconds from the request's head to the last byte of its body. */
  readonly receiveMs: number;
  /** Milliseconds from then until the answer was there. */
  readonly processMs: number;
  /** When the last byte of the body came. */
  readonly received: Instant;
}

/** A way of asking, of which the path behind knows nothing. */
export interface Wire {
  /** What it is called in metrics. */
  readonly name: "smarteye" | "original" | "deepstack";
  /** Whether a sender may show its token in the body. */
  readonly hasTokenInBody?: boolean;
  /** Reads and checks a request. @throws {SmarteyeError} with the code that the client is to see. */
  receive(request: Request, options: ReceiveOptions): Promise<ReceivedWork>;
  /** What a request is answered. */
  answer(work: ReceivedWork, reply: Reply, told: Told): Response | Promise<Response>;
  /** What is answered where there is no answer. */
  refuse(code: ErrorCode, detail: string, facts: RefusalFacts): Response;
}
