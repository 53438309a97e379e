/** A request to infer, by whatever wire: who asks, what came, which server answered, what is told. */

import type { Clock } from "../core/clock.ts";
import { asSmarteyeError, ERRORS, SmarteyeError } from "../core/errors.ts";
import { noteError } from "../core/tracing.ts";
import type { Instant } from "../proto/http_codec.ts";
import { ArrivingBodies, type ArrivingLimits } from "../web/arriving_bodies.ts";
import type { Client } from "./clients/client.ts";
import type { Clients } from "./clients/clients.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Edges } from "./edges/edges.ts";
import { Exchange } from "./exchange.ts";
import type { Metrics } from "./metrics.ts";
import { Places } from "./places.ts";
import type { ReceivedWork } from "./receive.ts";
import type { GatewayLimits, GatewaySettings } from "./settings.ts";
import type { Wire } from "./wires/wire.ts";

/** What is answered while the forwarder takes nothing new. */
export const DRAINING = "Cannot take the request: the forwarder is draining";

/** Where a request comes from. */
export interface Origin {
  /** The other end's IP address. */
  readonly peer: string;
  /** What the request is called wherever it is told of. */
  readonly requestId: string;
}

/** What a handler works with. */
export interface InferHandlerParts {
  /** Where checked images go. */
  readonly dispatcher: Dispatcher;
  /** Who may ask. */
  readonly clients: Clients;
  /** Counts what comes, and how it ends. */
  readonly metrics: Metrics;
  /** Who the senders are, and what came of their requests. */
  readonly edges: Edges;
  /** Measures how long requests take. */
  readonly clock: Clock;
  /** What it goes by, at the moment. */
  readonly settings: () => GatewaySettings;
  /** Whether the forwarder takes nothing new. */
  readonly draining: () => boolean;
  /** Told of every request when it has been answered, with its status and the bytes of its answer. */
  readonly onEnd: (exchange: Exchange, status: number, bytesOut: number) => void;
}

/** Infers what comes by any wire. */
export class InferHandler {
  readonly #bodies: ArrivingBodies;
  readonly #places: Places;

  /** Nothing is under way. `instant`: how instants of the clock are told to others. */
  constructor(
    private readonly parts: InferHandlerParts,
    private readonly instant: (atMs: number) => Instant,
  ) {
    const { settings, clock } = parts;
    this.#bodies = new ArrivingBodies(() => arrivingLimitsOf(settings().limits), clock);
    this.#places = new Places(() => settings().limits.requestsMax);
  }

  /** Answers a request. Never rejects. */
  async handle(request: Request, wire: Wire, { peer, requestId }: Origin): Promise<Response> {
    const { clock, metrics, edges, onEnd } = this.parts;
    const exchange = new Exchange(requestId, peer, wire.name, clock.nowMs());
    const said = edges.saidIn(request.headers);
    if (said) exchange.edge = said;
    metrics.arrived();
    const response = await this.#answer(request, wire, exchange);
    const bytes = Number(response.headers.get("content-length") ?? 0);
    const seconds = (clock.nowMs() - exchange.arrivedAtMs) / 1000;
    metrics.answered(wire.name, response.status, exchange.model, { seconds, bytes });
    edges.answered(exchange, bytes);
    onEnd(exchange, response.status, bytes);
    return response;
  }

  async #answer(request: Request, wire: Wire, exchange: Exchange): Promise<Response> {
    const { clock } = this.parts;
    try {
      const { work, client } = await this.#receive(request, wire, exchange);
      const { reply, server } = await this.#infer(request, work, client, exchange);
      exchange.server = server;
      const processMs = clock.nowMs() - work.receivedAtMs;
      this.parts.metrics.added(processMs / 1000, reply.timingsMs);
      return await wire.answer(work, reply, {
        server,
        receiveMs: work.receivedAtMs - exchange.arrivedAtMs,
        processMs,
        received: this.instant(work.receivedAtMs),
      });
    } catch (error) {
      return this.#refuse(asSmarteyeError(error, "handle the image"), wire, exchange);
    }
  }

  /** What is asked, once all of it is there. @throws {SmarteyeError} with the code that the client is to see. */
  async #receive(
    request: Request,
    wire: Wire,
    exchange: Exchange,
  ): Promise<{ readonly work: ReceivedWork; readonly client: Client }> {
    const { clock, clients, dispatcher, metrics } = this.parts;
    const { limits, deadlineMs } = this.parts.settings();
    const { arrivedAtMs, peer } = exchange;
    if (this.parts.draining()) throw new SmarteyeError("unavailable", DRAINING);
    // One that arrives has no place yet, but if there is none now its bytes are spared.
    this.#places.assertFree();
    let client: Client | undefined;
    const identified = (found: Client) => {
      client = found;
      exchange.client = found.grant.name;
      found.asks();
    };
    const authorization = request.headers.get("authorization");
    const showsLater = wire.hasTokenInBody && authorization === null && clients.wantTokens;
    if (!showsLater) identified(clients.by({ peer, authorization }));
    const assertMay = (client: Client, model: string) => {
      client.assertMay(model);
      dispatcher.assertOffered(model);
    };
    const work = await wire.receive(request, {
      ...{ clock, bodies: this.#bodies, arrivedAtMs, deadlineMs, limits },
      onToken: (token) => client ?? identified(clients.byToken(token)),
      onModel: (model) => {
        exchange.model = model;
        // Before the image is read where that is possible: an edge's uplink is precious.
        if (client) assertMay(client, model);
      },
      onFrame: (frame) => void (exchange.frame = frame),
      onBytes: (bytes) => {
        exchange.bytesIn += bytes;
        metrics.received(bytes);
      },
    });
    client ??= clients.byToken(undefined);
    if (showsLater) assertMay(client, work.request.model);
    exchange.receivedAtMs = work.receivedAtMs;
    metrics.receiving((work.receivedAtMs - arrivedAtMs) / 1000);
    return { work, client };
  }

  /** Has it inferred, in a place of the client's and one of everybody's. */
  async #infer(request: Request, work: ReceivedWork, client: Client, exchange: Exchange) {
    const { dispatcher } = this.parts;
    using places = new DisposableStack();
    places.defer(client.take());
    places.defer(this.#places.take());
    const { priority } = client.grant;
    const asked = priority === "interactive" ? work.request : { ...work.request, priority };
    exchange.isDispatched = true;
    return await dispatcher.dispatch({ ...work, request: asked }, {
      deadlineAtMs: work.deadlineAtMs,
      signal: request.signal,
      onAttempt: (record) => void exchange.attempts.push(record),
    });
  }

  #refuse(error: SmarteyeError, wire: Wire, exchange: Exchange): Response {
    const { code, message, retryAfterMs = 1000 } = error;
    exchange.failure = { code, detail: message };
    noteError(error, ERRORS[code].http >= 500);
    if (!exchange.isDispatched) this.parts.metrics.refused(code);
    const retryAfterS = code === "unavailable"
      ? this.parts.settings().retryAfterS
      : Math.max(1, Math.ceil(retryAfterMs / 1000));
    const refusal = wire.refuse(code, message, { retryAfterS, requestId: exchange.id });
    // The rest of such a body is not wanted, and may be long in coming.
    if (exchange.receivedAtMs === undefined) refusal.headers.set("connection", "close");
    return refusal;
  }
}

function arrivingLimitsOf(limits: GatewayLimits): ArrivingLimits {
  return {
    bytesMax: limits.bodyBytesMax,
    timeoutMs: limits.bodyTimeoutMs,
    bytesPerSecMin: limits.bodyBytesPerSecMin,
    bodiesMax: limits.arrivingMax,
  };
}
