/** One connection to NATS and its JetStream: guard_sockets.ts beside it alone imports the client, too. */

import {
  jetstream,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  jetstreamManager,
  RetentionPolicy,
} from "@nats-io/jetstream";
import {
  connect,
  type ConnectionOptions,
  credsAuthenticator,
  nanos,
  type NatsConnection,
} from "@nats-io/transport-node";
import type { Clock } from "../../../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../../../core/errors.ts";
import { within } from "../../../../core/within.ts";
import { trusting } from "../../../cloud/authorities.ts";
import type { BrokerAddress } from "../broker_address.ts";
import type { Connection } from "../kept_connection.ts";
import { guardSockets } from "./guard_sockets.ts";

guardSockets();

/** Milliseconds that a server has to answer, be it a connection or a message. */
const DEADLINE_MS = 10_000;

/** Milliseconds that it has to take leave. */
const LEAVE_MS = 2000;

/** What a stream that is made here keeps at most: days, and bytes. */
const AGE_MAX_MS = 7 * 86_400_000;
const BYTES_MAX = 2 ** 30;

/** How to connect. */
export interface NatsLinkParts {
  /** Where to. */
  readonly address: BrokerAddress;
  /** The password, wherever it was given. */
  readonly password: string | undefined;
  /** A token instead of a user. */
  readonly token: string | undefined;
  /** What is in a file of credentials. */
  readonly credentials: string | undefined;
  /** PEM, trusted beside those that everybody trusts. */
  readonly authorities: readonly string[];
  /** Deadlines go by it. */
  readonly clock: Clock;
}

/** A connection that stands, until it does not: the client does not connect again by itself. */
export class NatsLink implements Connection {
  readonly closed: Promise<string>;
  readonly #stream: JetStreamClient;

  private constructor(private readonly connection: NatsConnection, private readonly clock: Clock) {
    this.#stream = jetstream(connection, { timeout: DEADLINE_MS });
    this.closed = connection.closed().then(
      (error) => error ? messageOf(error) : "the server has closed the connection",
    );
  }

  /** Connects. @throws {SmarteyeError} when nobody is there, or does not let this side in. */
  static async open(parts: NatsLinkParts): Promise<NatsLink> {
    const { address: { shown }, clock } = parts;
    try {
      return new NatsLink(await connect(optionsOf(parts)), clock);
    } catch (cause) {
      const message = `Cannot connect to ${shown}: ${messageOf(cause)}`;
      throw new SmarteyeError("unavailable", message, { cause });
    }
  }

  /** Bytes that a message may have. */
  get bytesMax(): number {
    return this.connection.info?.max_payload ?? 2 ** 20;
  }

  /** Makes a stream, where there is none of that name. @throws {SmarteyeError} when that is not possible. */
  async ensureStream(name: string, subject: string): Promise<void> {
    try {
      const manager = await jetstreamManager(this.connection, { timeout: DEADLINE_MS });
      const isThere = await manager.streams.info(name).then(() => true, (error) => {
        if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) {
          return false;
        }
        throw error;
      });
      if (isThere) return;
      await manager.streams.add({
        ...{ name, subjects: [subject], retention: RetentionPolicy.Limits },
        ...{ max_age: nanos(AGE_MAX_MS), max_bytes: BYTES_MAX },
      });
    } catch (cause) {
      const message = `Cannot make the stream ${name} of ${subject}: ${messageOf(cause)}`;
      throw new SmarteyeError("failed_precondition", message, { cause });
    }
  }

  /**
   * Sends a message until a stream has it. The same one within two minutes is kept once.
   *
   * @param id tells messages apart.
   * @throws {SmarteyeError} when no stream says so in time.
   */
  async publish(subject: string, payload: Uint8Array, id: string): Promise<void> {
    try {
      const published = this.#stream.publish(subject, payload, { msgID: id, timeout: DEADLINE_MS });
      await published;
    } catch (cause) {
      throw new SmarteyeError(
        "unavailable",
        `Cannot publish ${subject}: ${reason(cause, subject)}`,
        {
          cause,
        },
      );
    }
  }

  /** Takes leave. */
  async close(): Promise<void> {
    await within(LEAVE_MS, this.connection.close().catch(() => {}), this.clock);
  }
}

function reason(cause: unknown, subject: string): string {
  return cause instanceof Error && cause.name === "JetStreamNotEnabled"
    ? "no stream takes it, one is wanted (nats stream add EVENTS --subjects " +
      `"${
        subject.split(".")[0]
      }.>", or stream = EVENTS in the sink's section), of a server with JetStream`
    : messageOf(cause);
}

function optionsOf(
  { address: { scheme, host, port, user }, password, token, credentials, authorities }:
    NatsLinkParts,
): ConnectionOptions {
  // The client hands on to TLS what it does not know itself.
  const tls: object = authorities.length > 0 ? { secureContext: trusting(authorities) } : {};
  return {
    servers: `${host.includes(":") ? `[${host}]` : host}:${port}`,
    name: "smarteye",
    ...{ reconnect: false, timeout: DEADLINE_MS, ignoreClusterUpdates: true },
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { pass: password }),
    ...(token === undefined ? {} : { token }),
    ...(credentials === undefined
      ? {}
      : { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) }),
    ...(scheme === "tls" ? { tls } : {}),
  };
}
