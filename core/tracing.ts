/** Spans of requests and of calls to others, in one trace: OpenTelemetry, where `OTEL_DENO` is `true`. */

import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import project from "../deno.json" with { type: "json" };
import { messageOf, SmarteyeError } from "./errors.ts";

/** What is told of a span, by name. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

/** Whether there are spans at all: without, nothing is done. */
const isOn = Deno.env.get("OTEL_DENO") === "true";

const tracer = trace.getTracer(project.name, project.version);

/** A request, as its span tells it. */
export interface TracedRequest {
  /** As OpenTelemetry's semantic conventions name it: `package.Service/Method`, `GET /route`. */
  readonly name: string;
  /** By the same conventions. */
  readonly attributes: SpanAttributes;
  /** The caller's `traceparent` (W3C Trace Context), if it sent one. */
  readonly traceparent: string | undefined;
}

/**
 * Does what is asked within a span of it. Deno makes spans of HTTP/2 by itself, but calls all of them
 * `POST`, leaves their status open, and has none active where the request is handled.
 */
export async function traced<T>(
  request: () => TracedRequest,
  work: () => T | Promise<T>,
): Promise<T> {
  if (!isOn) return await work();
  const { name, attributes, traceparent } = request();
  const carrier = traceparent === undefined ? {} : { traceparent };
  const parent = propagation.extract(context.active(), carrier);
  const span = tracer.startSpan(
    name,
    { kind: SpanKind.SERVER, attributes: { ...attributes } },
    parent,
  );
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } finally {
    span.end();
  }
}

/** Calls somebody else within a span of the call. What it rejects with is the span's error. */
export async function tracedCall<T>(
  call: () => Pick<TracedRequest, "name" | "attributes">,
  work: () => Promise<T>,
): Promise<T> {
  if (!isOn) return await work();
  const { name, attributes } = call();
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes: { ...attributes } });
  try {
    return await context.with(trace.setSpan(context.active(), span), work);
  } catch (error) {
    span.setAttribute("error.type", error instanceof SmarteyeError ? error.code : "_OTHER");
    span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
    throw error;
  } finally {
    span.end();
  }
}

/** What tells others of the span that is going on (W3C Trace Context); nothing where there is none. */
export function traceparent(): string | undefined {
  if (!isOn) return undefined;
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/** Says what the request that is being handled turned out to be. */
export function nameSpan(
  request: () => { readonly name: string; readonly attributes: SpanAttributes },
): void {
  const span = isOn ? trace.getActiveSpan() : undefined;
  if (!span) return;
  const { name, attributes } = request();
  span.updateName(name);
  span.setAttributes({ ...attributes });
}

/**
 * Says what the request that is being handled ends with.
 *
 * @param isFailure whether it is the server's own, as OpenTelemetry's conventions for its wire have it.
 */
export function noteError({ code, message }: SmarteyeError, isFailure: boolean): void {
  const span = isOn ? trace.getActiveSpan() : undefined;
  span?.setAttribute("error.type", code);
  if (isFailure) span?.setStatus({ code: SpanStatusCode.ERROR, message });
}

/** Says more of the request that is being handled. */
export function annotateSpan(attributes: () => SpanAttributes): void {
  if (isOn) trace.getActiveSpan()?.setAttributes({ ...attributes() });
}
