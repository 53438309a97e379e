/** Errors that a caller branches on, and the one table that maps them to every wire. */

/** What went wrong, in the terms of gRPC's status codes (grpc/grpc doc/statuscodes.md). */
export type ErrorCode =
  | "invalid_argument"
  | "not_found"
  | "already_in_use"
  | "failed_precondition"
  | "payload_too_large"
  | "unsupported_media_type"
  | "request_timeout"
  | "overloaded"
  | "unavailable"
  | "deadline_exceeded"
  | "cancelled"
  | "internal";

/** How an error looks on the gRPC wire, on the HTTP wire and as an exit status. */
export interface ErrorMapping {
  /** gRPC status code. */
  readonly grpc: number;
  /** HTTP status code. */
  readonly http: 400 | 404 | 408 | 409 | 413 | 415 | 499 | 500 | 503 | 504;
  /** Exit status: 2 where the command line or the config is wrong, else 1. */
  readonly exit: 1 | 2;
}

/** error ↔ gRPC status ↔ HTTP status ↔ exit status. */
export const ERRORS: Readonly<Record<ErrorCode, ErrorMapping>> = {
  invalid_argument: { grpc: 3, http: 400, exit: 2 },
  not_found: { grpc: 5, http: 404, exit: 1 },
  already_in_use: { grpc: 6, http: 409, exit: 1 },
  failed_precondition: { grpc: 9, http: 409, exit: 1 },
  payload_too_large: { grpc: 11, http: 413, exit: 1 },
  unsupported_media_type: { grpc: 3, http: 415, exit: 1 },
  overloaded: { grpc: 8, http: 503, exit: 1 },
  unavailable: { grpc: 14, http: 503, exit: 1 },
  deadline_exceeded: { grpc: 4, http: 504, exit: 1 },
  request_timeout: { grpc: 4, http: 408, exit: 1 },
  cancelled: { grpc: 1, http: 499, exit: 1 },
  internal: { grpc: 13, http: 500, exit: 1 },
};

/** An error that a user may read as it stands: no stack trace is needed to act on it. */
export class SmarteyeError extends Error {
  /** What a stack trace calls it. */
  override readonly name = "SmarteyeError";

  /**
   * Its message is shown to users as it stands.
   *
   * @param code what callers branch on; it also gives the status on every wire.
   * @param message one sentence for people, without passwords: `Cannot <verb> <thing>: <why>`.
   */
  constructor(readonly code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
  }
}

/** Whether `error` is one of ours, optionally with one of the given codes. */
export function isSmarteyeError(error: unknown, ...codes: ErrorCode[]): error is SmarteyeError {
  return error instanceof SmarteyeError && (codes.length === 0 || codes.includes(error.code));
}

/** The code that a gRPC status stands for; several codes may share one status, the first wins. */
export function errorCodeOfGrpc(status: number): ErrorCode {
  for (const [code, mapping] of Object.entries(ERRORS)) {
    if (mapping.grpc === status) return code as ErrorCode;
  }
  return "internal";
}

/** What an unknown thrown value says, in one line. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0]!.trim() || "unknown error";
}

/** The error itself if it is ours, else an `internal` one around it. */
export function asSmarteyeError(error: unknown, doing: string): SmarteyeError {
  if (error instanceof SmarteyeError) return error;
  return new SmarteyeError("internal", `Cannot ${doing}: ${messageOf(error)}`, { cause: error });
}
