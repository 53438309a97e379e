/** The gRPC server: listens, carries the protocols, and stops. */

import { logVerbosity, Server, setLogVerbosity } from "@grpc/grpc-js";
import type { ListenAddress } from "../core/address.ts";
import { type Clock, OVER } from "../core/clock.ts";
import { logger, MINUTE_MS, Thinned } from "../core/log.ts";
import { expiry, readTlsFiles, type TlsFiles, watchTlsFiles } from "../core/tls_files.ts";
import { messageLimits } from "../proto/grpc_service.ts";
import { Calls } from "./protocols/calls.ts";
import { addHealth } from "./protocols/health.ts";
import { addMsgTransfer } from "./protocols/msg_transfer.ts";
import { addOpenInference } from "./protocols/open_inference_grpc.ts";
import { addReflection } from "./protocols/reflection.ts";
import { addSmarteye } from "./protocols/smarteye.ts";
import type { InferenceService } from "./service.ts";
import { BearerToken } from "../web/bearer_token.ts";
import { CallGuard, type CallLimits } from "./transport/call_guard.ts";
import { type ConnectionLimits, GrpcConnections, methodsOf } from "./transport/grpc_connections.ts";
import { Listener } from "../web/listener.ts";

setLogVerbosity(logVerbosity.NONE); // what fails is thrown, and told once, in our words

const log = logger("inference");

/** Milliseconds between two looks at whether all calls are answered. */
const POLL_MS = 20;

/** Milliseconds that the last answers have to reach the socket. */
const FLUSH_MS = 300;

/** Calls for each connection that may be open, over all of them. */
const CALLS_PER_CONNECTION = 4;

/** Requests of the greatest size that may be arriving at once. */
const ARRIVING_REQUESTS = 16;

/** How long others may take. */
export interface ServerPatience {
  /** Milliseconds for a TLS handshake. */
  readonly handshakeMs: number;
  /** Milliseconds in which a client has to begin with HTTP/2. */
  readonly beginMs: number;
  /** Milliseconds that a connection may have no calls. */
  readonly idleMs: number;
  /** Milliseconds that such a one is spared even when another needs its place. */
  readonly spareMs: number;
  /** Milliseconds between two pings; a third of it may go by until one is answered. */
  readonly keepaliveMs: number;
  /** Milliseconds in which a client has to take what it is sent. */
  readonly answerMs: number;
  /** Milliseconds that a client which sends a stream may say nothing. */
  readonly silenceMs: number;
}

const PATIENCE: ServerPatience = {
  handshakeMs: 10_000,
  beginMs: 10_000,
  idleMs: 300_000,
  spareMs: 10_000,
  keepaliveMs: 60_000,
  answerMs: 30_000,
  silenceMs: 300_000,
};

/** How a server is made. */
export interface InferenceServerOptions {
  /** Where gRPC is served. */
  readonly listen: ListenAddress;
  /** Speaks TLS by these files, and looks at them again and again; plain TCP without. */
  readonly tls?: TlsFiles;
  /** What callers must know; anybody may call without. */
  readonly token?: string;
  /** Connections that may be open at once. */
  readonly connectionsMax: number;
  /** Bytes that an image may have. */
  readonly bodyBytesMax: number;
  /** Milliseconds that a request may take to arrive. */
  readonly bodyTimeoutMs: number;
  /** Calls that one connection may have under way. */
  readonly streamsMax: number;
  /** Deadlines go by it. */
  readonly clock: Clock;
  /** Other times than the server's own: tests do not wait for these. */
  readonly patience?: Partial<ServerPatience>;
}

/** A listening server. */
export interface InferenceServer {
  /** The port that it listens on. */
  readonly port: number;
  /** The paths of all its methods: `/package.Service/Method`. */
  readonly methods: readonly string[];
  /** Refuses new work, waits up to `graceMs` for what is under way, and stops. */
  close(graceMs: number): Promise<void>;
}

/**
 * Starts listening, with every protocol that the service is offered in.
 *
 * @throws {SmarteyeError} `already_in_use` or `invalid_argument` when it cannot listen there, and
 * `invalid_argument` when the TLS files are not usable.
 */
export async function listen(
  service: InferenceService,
  options: InferenceServerOptions,
): Promise<InferenceServer> {
  const { bodyBytesMax, clock, tls: files } = options;
  const { calling, connections, handshakeMs, keepaliveMs } = limitsOf(options);
  const tls = files && await readTlsFiles(files);
  const expired = tls && expiry(tls, clock);
  if (expired) log.warn("{expired}", { expired });
  const token = options.token === undefined ? undefined : new BearerToken(options.token);
  const guard = new CallGuard(calling, token, clock);
  const server = new Server({
    ...messageLimits(bodyBytesMax),
    "grpc.keepalive_time_ms": keepaliveMs,
    "grpc.keepalive_timeout_ms": keepaliveMs / 3,
    "grpc.enable_channelz": 0,
    interceptors: [guard.interceptor],
  });
  const calls = new Calls(service, clock);
  addSmarteye(server, service, calls);
  addOpenInference(server, service, calls, clock);
  addMsgTransfer(server, service, calls);
  addHealth(server, service);
  addReflection(server);
  const floods = new Thinned((message) => log.warn("{message}", { message }), MINUTE_MS, clock);
  const taken = new GrpcConnections(server, connections, clock, floods);
  const listener = await Listener.open({
    ...{ listen: options.listen, tls, connectionsMax: options.connectionsMax, handshakeMs },
    ...{ protocols: ["h2"], clock, log, serve: taken.take, makeRoom: taken.makeRoom },
  });
  const over = new AbortController();
  if (files) {
    const renew = listener.renew.bind(listener);
    void watchTlsFiles(files, tls!, { clock, log, signal: over.signal, renew });
  }
  return {
    port: listener.port,
    methods: methodsOf(server),
    async close(graceMs) {
      over.abort(OVER);
      listener.close();
      service.drain();
      await shutDown(server, service, graceMs, clock);
      listener.cut();
      taken.close();
      guard.close();
      floods.flush();
    },
  };
}

function limitsOf(
  { patience, connectionsMax, bodyBytesMax, bodyTimeoutMs, streamsMax }: InferenceServerOptions,
): {
  readonly calling: CallLimits;
  readonly connections: ConnectionLimits;
  readonly handshakeMs: number;
  readonly keepaliveMs: number;
} {
  const patient = { ...PATIENCE, ...patience };
  const { handshakeMs, beginMs, idleMs, spareMs, keepaliveMs, answerMs, silenceMs } = patient;
  return {
    calling: {
      ...{ requestMs: bodyTimeoutMs, answerMs, silenceMs },
      callsMax: CALLS_PER_CONNECTION * connectionsMax,
      arrivingBytesMax: ARRIVING_REQUESTS * bodyBytesMax,
    },
    // What a connection may have under way is held in memory before it is admitted.
    connections: { streamsMax, beginMs, idleMs, spareMs },
    handshakeMs,
    keepaliveMs,
  };
}

/** Connections that are merely open, and watchers of health, do not hold the end up. */
async function shutDown(
  server: Server,
  service: InferenceService,
  graceMs: number,
  clock: Clock,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  const latestAtMs = clock.nowMs() + graceMs;
  while (service.underWay > 0 && clock.nowMs() < latestAtMs) await clock.sleep(POLL_MS);
  if (service.underWay > 0) {
    log.warn("stopping although {n} calls are still under way", { n: service.underWay });
  }
  await Promise.race([closed, clock.sleep(FLUSH_MS)]);
  server.forceShutdown();
}
