/** How a trace goes on over gRPC (W3C Trace Context). */

/** The metadata that everybody knows. */
export const TRACEPARENT = "traceparent";

/**
 * The same once more, which is read before it. Deno writes a span of its own over `traceparent`, and
 * where calls waited for their connection, one of the trace of whoever waited first.
 */
export const OUR_TRACEPARENT = "smarteye-traceparent";
