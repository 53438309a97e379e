/** Errors that a caller branches on, and the one table that maps them to every wire. */

/** What went wrong, in the terms of gRPC's status codes (grpc/grpc doc/statuscodes.md). */
export type ErrorCode =
  | "invalid_argument"
  | "unauthenticated"
  | "permission_denied"
  | "not_found"
  | "already_in_use"
  | "failed_precondition"
  | "payload_too_large"
  | "unsupported_media_type"
  | "request_timeout"
  | "aborted"
  | "overloaded"
  | "rate_limited"
  | "unavailable"
  | "deadline_exceeded"
  | "cancelled"
  | "internal";

/**
 * Whom a failure says something about: this one request, a model of a server, or the whole server.
 * Only failures of a server's scope count against a server.
 */
export type FailureScope = "request" | "model" | "server";

/** What an error means on every wire, and for whoever may try again. */
export interface ErrorMapping {
  /** gRPC status code. */
  readonly grpc: number;
  /** HTTP status code. */
  readonly http: 400 | 401 | 403 | 404 | 408 | 409 | 413 | 415 | 429 | 499 | 500 | 503 | 504;
  /** Exit status: 2 where the command line or the config is wrong, else 1. */
  readonly exit: 1 | 2;
  /** Whom it says something about. */
  readonly scope: FailureScope;
  /** Whether the same request may succeed on another server. */
  readonly retryable: boolean;
}

/** error ↔ gRPC status ↔ HTTP status ↔ exit status ↔ scope ↔ whether another try may help. */
export const ERRORS: Readonly<Record<ErrorCode, ErrorMapping>> = {
  // The caller is wrong: every server would say so.
  invalid_argument: { grpc: 3, http: 400, exit: 2, scope: "request", retryable: false },
  payload_too_large: { grpc: 11, http: 413, exit: 1, scope: "request", retryable: false },
  unsupported_media_type: { grpc: 3, http: 415, exit: 1, scope: "request", retryable: false },
  already_in_use: { grpc: 6, http: 409, exit: 1, scope: "request", retryable: false },
  // Nobody knows who asks, or they may not.
  unauthenticated: { grpc: 16, http: 401, exit: 1, scope: "request", retryable: false },
  permission_denied: { grpc: 7, http: 403, exit: 1, scope: "request", retryable: false },
  // The time is up, or nobody waits.
  deadline_exceeded: { grpc: 4, http: 504, exit: 1, scope: "request", retryable: false },
  request_timeout: { grpc: 4, http: 408, exit: 1, scope: "request", retryable: false },
  cancelled: { grpc: 1, http: 499, exit: 1, scope: "request", retryable: false },
  // What was at this request broke: the Worker stopped under it, or there is a fault in the program.
  aborted: { grpc: 10, http: 503, exit: 1, scope: "request", retryable: true },
  internal: { grpc: 13, http: 500, exit: 1, scope: "request", retryable: true },
  // The server does not have the model, or its copy cannot do this.
  not_found: { grpc: 5, http: 404, exit: 1, scope: "model", retryable: true },
  failed_precondition: { grpc: 9, http: 500, exit: 1, scope: "model", retryable: true },
  // The server is full, leaving, or gone.
  overloaded: { grpc: 8, http: 503, exit: 1, scope: "server", retryable: true },
  unavailable: { grpc: 14, http: 503, exit: 1, scope: "server", retryable: true },
  // One of its clients asks for too much. Over gRPC that cannot be told from a server that is full.
  rate_limited: { grpc: 8, http: 429, exit: 1, scope: "server", retryable: true },
};

/** An error that a user may read as it stands: no stack trace is needed to act on it. */
export class SmarteyeError extends Error {
  /** What a stack trace calls it. */
  override readonly name = "SmarteyeError";

  /** Milliseconds after which another try may go better, where that is known. */
  readonly retryAfterMs: number | undefined;

  /**
   * Its message is shown to users as it stands.
   *
   * @param code what callers branch on; it also gives the status on every wire.
   * @param message one sentence for people, without passwords: `Cannot <verb> <thing>: <why>`.
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Whether `error` is one of ours, optionally with one of the given codes. */
export function isSmarteyeError(error: unknown, ...codes: ErrorCode[]): error is SmarteyeError {
  return error instanceof SmarteyeError && (codes.length === 0 || codes.includes(error.code));
}

/** The code that a gRPC status stands for; where several share one, the first of the table. */
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
