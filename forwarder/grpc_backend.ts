/** An inference server over gRPC (`smarteye.v1.Inference`). Beside `grpc_health.ts` the only file here that knows grpc-js. */

import { Buffer } from "node:buffer";
import {
  type ClientUnaryCall,
  credentials,
  Metadata,
  type ServiceError,
  status,
  type StatusObject,
} from "@grpc/grpc-js";
import { asSmarteyeError, SmarteyeError } from "../core/errors.ts";
import type { LoadReport } from "../core/model.ts";
import {
  errorFromWire,
  replyFromWire,
  requestToWire,
  statusFromWire,
} from "../proto/grpc_codec.ts";
import { Inference, messageLimits } from "../proto/grpc_service.ts";
import { LOAD_REPORT_TRAILER, loadReportFromWire } from "../proto/orca.ts";
import type { Backend, CallLimits, WatchEnd } from "./backend.ts";
import { type HealthWatch, watchHealth } from "./grpc_health.ts";
import { ServerAccess } from "./server_access.ts";

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

/** A channel, and the calls that are under way on it. */
interface Channel {
  readonly client: InstanceType<typeof Inference>;
  readonly underWay: Set<ClientUnaryCall>;
  /** They end with the channel, and do not hold it up. */
  readonly watches: Set<HealthWatch>;
}

/**
 * Opens a channel to `server` (`host:port`) and keeps it. Nothing is connected before the first
 * call; a lost connection is made anew by itself. When the files of TLS change, a new channel takes
 * the next calls, and the old one ends with its last.
 *
 * @param imageBytesMax Bytes of the largest image that will be sent.
 * @param access How it is reached.
 * @param heard Told of the load reports in its trailers (gRFC A51).
 */
export function connectGrpc(
  server: string,
  imageBytesMax: number,
  access: ServerAccess = ServerAccess.plain(),
  heard: (report: LoadReport) => void = () => {},
): Backend {
  const channels = new Channels(server, imageBytesMax, access);
  let closed = false;

  function call<Wire, Reply>(
    start: Start<Wire>,
    read: (wire: Wire) => Reply,
    { signal, deadlineMs }: CallLimits,
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new SmarteyeError("cancelled", "nobody waits for it"));
      if (closed) return reject(new SmarteyeError("unavailable", "the channel is closed"));
      const deadline = new Date(Date.now() + deadlineMs);
      const channel = channels.current;
      const call = start(channel.client, metadataOf(access), { deadline }, (error, wire) => {
        signal.removeEventListener("abort", cancel);
        channels.ended(channel, call);
        if (error) return reject(errorOf(server, error, signal.aborted));
        try {
          resolve(read(wire!)); // without an error there is a message, and its fields have defaults
        } catch (unreadable) {
          reject(asSmarteyeError(unreadable, `read what ${server} answered`));
        }
      });
      call.on("status", ({ metadata }: StatusObject) => {
        const report = reportOf(metadata);
        if (report) heard(report);
      });
      const cancel = () => call.cancel();
      channel.underWay.add(call);
      signal.addEventListener("abort", cancel, { once: true });
    });
  }

  return {
    infer(request, image, limits) {
      const message = requestToWire(request, image);
      return call((client, ...args) => client.Infer(message, ...args), replyFromWire, limits);
    },
    status(limits) {
      return call((client, ...args) => client.ServerStatus({}, ...args), statusFromWire, limits);
    },
    async watch(onServing, signal): Promise<WatchEnd> {
      if (signal.aborted || closed) return "ended";
      const { client, watches } = channels.current;
      const watch = watchHealth(client, metadataOf(access), onServing);
      watches.add(watch);
      signal.addEventListener("abort", watch.cancel, { once: true });
      const end = await watch.ended;
      signal.removeEventListener("abort", watch.cancel);
      watches.delete(watch);
      return end;
    },
    close() {
      closed = true;
      channels.close();
    },
  };
}

/** The channel that takes calls, and older ones whose calls are not over. */
class Channels {
  readonly #open = new Set<Channel>();
  readonly #forget: () => void;
  #current: Channel;

  constructor(
    private readonly server: string,
    private readonly imageBytesMax: number,
    private readonly access: ServerAccess,
  ) {
    this.#current = this.#connect();
    this.#forget = access.onRenewal(() => {
      const old = this.#current;
      this.#current = this.#connect();
      this.#endIfOld(old);
    });
  }

  get current(): Channel {
    return this.#current;
  }

  ended(channel: Channel, call: ClientUnaryCall): void {
    channel.underWay.delete(call);
    this.#endIfOld(channel);
  }

  close(): void {
    this.#forget();
    for (const { client, underWay, watches } of this.#open) {
      for (const call of [...underWay, ...watches]) call.cancel();
      client.close();
    }
  }

  #connect(): Channel {
    // `dns:///` keeps a host called "unix" or "xds" from being read as a scheme.
    const client = new Inference(`dns:///${this.server}`, credentialsOf(this.access), {
      ...messageLimits(this.imageBytesMax),
      ...CHANNEL_OPTIONS,
    });
    const underWay = new Set<ClientUnaryCall>();
    const channel = { client, underWay, watches: new Set<HealthWatch>() };
    this.#open.add(channel);
    return channel;
  }

  #endIfOld(channel: Channel): void {
    if (channel === this.#current) return;
    for (const watch of channel.watches) watch.cancel(); // and is begun anew on the current one
    if (channel.underWay.size > 0) return;
    if (this.#open.delete(channel)) channel.client.close();
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

/** That a server does not know the forwarder says nothing of the sender: it is as if it were not there. */
function errorOf(server: string, error: ServiceError, cancelledHere: boolean): SmarteyeError {
  if (error.code !== status.UNAUTHENTICATED) return errorFromWire(error, cancelledHere);
  const message = `Cannot use ${server}: it does not take the forwarder's token ([grpc-url] token)`;
  return new SmarteyeError("unavailable", message, { cause: error });
}

/** Begins a unary call of which the message is chosen. */
type Start<Wire> = (
  client: Channel["client"],
  metadata: Metadata,
  options: { deadline: Date },
  done: (error: ServiceError | null, wire?: Wire) => void,
) => ClientUnaryCall;
