/** Errors as the forwarder and its kin tell them over HTTP. */

import { z } from "zod";
import { type ErrorCode, ERRORS } from "../core/errors.ts";
import type { Schema } from "./http_schema.ts";

/** Body of every error answer. */
export interface ErrorAnswer {
  /** A code of `core/errors.ts`. */
  readonly error: string;
  /** A sentence for people. */
  readonly detail: string;
  /** What the request is called in the logs of whoever answers, if they tell. */
  readonly request_id?: string | undefined;
}

/** Reads the body of an error answer from JSON. */
export const ErrorAnswer: Schema<ErrorAnswer> = z.object({
  error: z.string().describe("A word for programs, such as not_found."),
  detail: z.string().describe("A sentence for people."),
  request_id: z.string().optional().catch(undefined).describe(
    "What the request is called in logs.",
  ),
});

/** The body of an error's answer, and the status that goes with it. */
export function errorAnswerOf(
  code: ErrorCode,
  detail: string,
  requestId?: string,
): { status: number; body: ErrorAnswer } {
  const named = requestId === undefined ? {} : { request_id: requestId };
  return { status: ERRORS[code].http, body: { error: code, detail, ...named } };
}
