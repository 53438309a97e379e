/** A channel to an inference server over gRPC. Beside `health.ts` the only file here that knows grpc-js. */

import { Buffer } from "node:buffer";
import {
  Client,
  type ClientUnaryCall,
  credentials,
  Metadata,
  type ServiceError,
  status,
  type StatusObject,
} from "@grpc/grpc-js";
import { asSmarteyeError, SmarteyeError } from "../../core/errors.ts";
import type { LoadReport } from "../../core/model.ts";
import { traceparent } from "../../core/tracing.ts";
import { OUR_TRACEPARENT, TRACEPARENT } from "../../proto/trace_context.ts";
import { errorFromWire } from "../../proto/grpc_codec.ts";
import { LOAD_REPORT_TRAILER, loadReportFromWire } from "../../proto/orca.ts";
import type { CallLimits, WatchEnd } from "../backend.ts";
import type { ServerAccess } from "../server_access.ts";
import { type HealthWatch, watchHealth } from "./health.ts";

/** How channels are made: a call to a server that is down fails at once, and is retried elsewhere. */
const CHANNEL_OPTIONS = {
  // The next connection is tried by a timer: with grpc-js's own delays (1 s to 2 min) a server that
  // is back would not be seen for minutes.
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 500,
  "grpc.dns_min_time_between_resolutions_ms": 1000,
  // Inference servers are ours to reach: a proxy of the environment is for the outside.
  "grpc.enable_http_proxy": 0,
  // The dispatcher retries, on another server; grpc-js would keep a copy of every image for it.
  "grpc.enable_retries": 0,
  "grpc.service_config_disable_resolution": 1,
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 5_000,
  // Each channel's connections are its own and end with it.
  "grpc.use_local_subchannel_pool": 1,
} as const;

/** A connection, and the calls that are under way on it. */
interface Connection {
  readonly client: Client;
  readonly underWay: Set<ClientUnaryCall>;
  /** They end with the connection, and do not hold it up. */
  readonly watches: Set<HealthWatch>;
}

/** A method of a service, as proto-loader defines it. */
export interface Method<Request, Reply> {
  /** Where it is. */
  readonly path: string;
  /** The bytes of a request. */
  readonly requestSerialize: (request: Request) => Buffer;
  /** The answer in these bytes. @throws {Error} when it is none. */
  readonly responseDeserialize: (bytes: Buffer) => Reply;
}

/** A method of which the messages are made and read elsewhere. */
export function unread({ path }: Method<never, unknown>): Method<Uint8Array, Uint8Array> {
  return {
    path,
    requestSerialize: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    responseDeserialize: (bytes) => bytes,
  };
}

/** Bytes that a message may have. */
export interface MessageBytes {
  /** One that is sent; any number when absent. */
  readonly sentMax?: number | undefined;
  /** One that is received. */
  readonly receivedMax: number;
}

/** What a channel is made of. */
export interface ChannelParts {
  /** `host:port`. */
  readonly address: string;
  /** Limits on messages. */
  readonly bytes: MessageBytes;
  /** How the server is reached. */
  readonly access: ServerAccess;
  /** Whose certificate it has, where the address does not tell. */
  readonly authority?: string | undefined;
  /** Told of the load reports in its trailers (gRFC A51). */
  readonly heard?: ((report: LoadReport) => void) | undefined;
}

/**
 * The channel to one server. Nothing is connected before the first call; a lost connection is made anew
 * by itself. When the files of TLS change, a new connection takes the next calls, and the old one ends
 * with its last.
 */
export class Channel {
  readonly #connections: Connections;
  #isClosed = false;

  /** Connects nothing yet. */
  constructor(private readonly parts: ChannelParts) {
    this.#connections = new Connections(parts);
  }

  /**
   * Calls a method.
   *
   * @param read what the answer means to the caller.
   * @throws {SmarteyeError} as `Backend` says, and what `read` throws.
   */
  call<Request, Wire, Reply>(
    method: Method<Request, Wire>,
    request: Request,
    read: (wire: Wire) => Reply,
    { signal, deadlineMs }: CallLimits,
  ): Promise<Reply> {
    const { address, access, heard } = this.parts;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new SmarteyeError("cancelled", "nobody waits for it"));
      if (this.#isClosed) return reject(new SmarteyeError("unavailable", "the channel is closed"));
      const { path, requestSerialize, responseDeserialize } = method;
      const deadline = new Date(Date.now() + deadlineMs);
      const connection = this.#connections.current;
      const done = (error: ServiceError | null, wire?: Wire) => {
        signal.removeEventListener("abort", cancel);
        this.#connections.ended(connection, call);
        if (error) return reject(errorOf(address, error, signal.aborted));
        try {
          resolve(read(wire!)); // without an error there is a message, and its fields have defaults
        } catch (unreadable) {
          reject(asSmarteyeError(unreadable, `read what ${address} answered`));
        }
      };
      const call = connection.client.makeUnaryRequest(
        ...[path, requestSerialize, responseDeserialize, request, metadataOf(access)] as const,
        { deadline },
        done,
      );
      call.on("status", ({ metadata }: StatusObject) => {
        const report = reportOf(metadata);
        if (report) heard?.(report);
      });
      const cancel = () => call.cancel();
      connection.underWay.add(call);
      signal.addEventListener("abort", cancel, { once: true });
    });
  }

  /** Watches the server's health, as `Backend` says. */
  async watch(onServing: (serving: boolean) => void, signal: AbortSignal): Promise<WatchEnd> {
    if (signal.aborted || this.#isClosed) return "ended";
    const { client, watches } = this.#connections.current;
    const watch = watchHealth(client, metadataOf(this.parts.access), onServing);
    watches.add(watch);
    signal.addEventListener("abort", watch.cancel, { once: true });
    const end = await watch.ended;
    signal.removeEventListener("abort", watch.cancel);
    watches.delete(watch);
    return end;
  }

  /** Gives the connection back. Calls under way, and those that come yet, fail. */
  close(): void {
    this.#isClosed = true;
    this.#connections.close();
  }
}

/** Whether an error is that the server has no such method. */
export function isUnimplemented({ cause }: SmarteyeError): boolean {
  return (cause as Partial<ServiceError> | undefined)?.code === status.UNIMPLEMENTED;
}

/** The connection that takes calls, and older ones whose calls are not over. */
class Connections {
  readonly #open = new Set<Connection>();
  readonly #forget: () => void;
  #current: Connection;

  constructor(
    private readonly parts: Pick<ChannelParts, "address" | "bytes" | "access" | "authority">,
  ) {
    this.#current = this.#connect();
    this.#forget = parts.access.onRenewal(() => {
      const old = this.#current;
      this.#current = this.#connect();
      this.#endIfOld(old);
    });
  }

  get current(): Connection {
    return this.#current;
  }

  ended(connection: Connection, call: ClientUnaryCall): void {
    connection.underWay.delete(call);
    this.#endIfOld(connection);
  }

  close(): void {
    this.#forget();
    for (const { client, underWay, watches } of this.#open) {
      for (const call of [...underWay, ...watches]) call.cancel();
      client.close();
    }
  }

  #connect(): Connection {
    const { address, access, authority, bytes: { sentMax = -1, receivedMax } } = this.parts;
    // `dns:///` keeps a host called "unix" or "xds" from being read as a scheme.
    const client = new Client(`dns:///${address}`, credentialsOf(access), {
      "grpc.max_send_message_length": sentMax,
      "grpc.max_receive_message_length": receivedMax,
      ...(authority === undefined ? {} : {
        "grpc.ssl_target_name_override": authority,
        "grpc.default_authority": authority,
      }),
      ...CHANNEL_OPTIONS,
    });
    const underWay = new Set<ClientUnaryCall>();
    const connection = { client, underWay, watches: new Set<HealthWatch>() };
    this.#open.add(connection);
    return connection;
  }

  #endIfOld(connection: Connection): void {
    if (connection === this.#current) return;
    for (const watch of connection.watches) watch.cancel(); // and is begun anew on the current one
    if (connection.underWay.size > 0) return;
    if (this.#open.delete(connection)) connection.client.close();
  }
}

function credentialsOf({ tls }: ServerAccess) {
  if (!tls) return credentials.createInsecure();
  const bytes = (pem: string | undefined) => pem === undefined ? null : Buffer.from(pem);
  return credentials.createSsl(bytes(tls.authorities), bytes(tls.key), bytes(tls.certificate));
}

function metadataOf({ token }: ServerAccess): Metadata {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set("authorization", `Bearer ${token}`);
  const trace = traceparent();
  if (trace !== undefined) {
    metadata.set(TRACEPARENT, trace);
    metadata.set(OUR_TRACEPARENT, trace);
  }
  return metadata;
}

/** What is no report says nothing, and is no fault of the answer's. */
function reportOf(metadata: Metadata): LoadReport | undefined {
  const [bytes] = metadata.get(LOAD_REPORT_TRAILER);
  if (!(bytes instanceof Uint8Array)) return undefined;
  try {
    return loadReportFromWire(bytes);
  } catch {
    return undefined;
  }
}

/** That a server does not take the forwarder says nothing of the sender: it is as if it were not there. */
function errorOf(server: string, error: ServiceError, cancelledHere: boolean): SmarteyeError {
  const isOurs = error.code === status.UNAUTHENTICATED || error.code === status.PERMISSION_DENIED;
  if (!isOurs) return errorFromWire(error, cancelledHere);
  const message = `Cannot use ${server}: it does not take the forwarder's token ([grpc-url] token)`;
  return new SmarteyeError("unavailable", message, { cause: error });
}
