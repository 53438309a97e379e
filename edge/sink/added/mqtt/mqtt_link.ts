/** One connection to a broker of MQTT: the only importer of the client. */

import { Buffer } from "node:buffer";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import type { Clock } from "../../../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../../../core/errors.ts";
import { within } from "../../../../core/within.ts";
import { trusting } from "../../../cloud/authorities.ts";
import type { BrokerAddress } from "../broker_address.ts";
import type { Connection } from "../kept_connection.ts";

/** Milliseconds that a broker has to answer, be it a connection or a message. */
const DEADLINE_MS = 10_000;

/** Milliseconds that it has to take leave. */
const LEAVE_MS = 2000;

/** Seconds without a message after which the broker is asked whether it is there. */
const KEEPALIVE_S = 30;

/** A message. */
export interface MqttMessage {
  /** Its topic. */
  readonly topic: string;
  /** Text, or the bytes of a file. */
  readonly payload: string | Uint8Array;
  /** The broker keeps it for whoever subscribes later. */
  readonly retain: boolean;
  /** 1: the broker says that it has it. */
  readonly qos: 0 | 1;
}

/** How to connect. */
export interface MqttLinkParts {
  /** Where to. */
  readonly address: BrokerAddress;
  /** The password, wherever it was given. */
  readonly password: string | undefined;
  /** PEM, trusted beside those that everybody trusts. */
  readonly authorities: readonly string[];
  /** Version of the protocol: 4 is 3.1.1. */
  readonly version: 4 | 5;
  /** What the broker says when this side is gone without a word. */
  readonly will: MqttMessage;
  /** Deadlines go by it. */
  readonly clock: Clock;
}

/**
 * A connection that stands, until it does not. Nothing waits in it: the client neither connects again by
 * itself nor keeps what it could not send.
 */
export class MqttLink implements Connection {
  readonly closed: Promise<string>;

  private constructor(private readonly client: MqttClient, private readonly clock: Clock) {
    let why = "the broker has closed the connection";
    client.on("error", (error) => why = messageOf(error));
    this.closed = new Promise((resolve) => client.once("close", () => resolve(why)));
  }

  /** Connects. @throws {SmarteyeError} when nobody is there, or does not let this side in. */
  static async open(parts: MqttLinkParts): Promise<MqttLink> {
    const { address: { shown }, clock } = parts;
    const client = mqtt.connect(optionsOf(parts));
    const link = new MqttLink(client, clock);
    const connected = new Promise<void>((resolve) => client.once("connect", () => resolve()));
    const refused = link.closed.then((why) => {
      throw new SmarteyeError("unavailable", `Cannot connect to ${shown}: ${why}`);
    });
    refused.catch(() => {}); // told where it is waited for
    if (await within(DEADLINE_MS, Promise.race([connected, refused]), clock)) return link;
    client.end(true);
    const late = `it did not answer within ${DEADLINE_MS / 1000} s`;
    throw new SmarteyeError("unavailable", `Cannot connect to ${shown}: ${late}`);
  }

  /**
   * Sends a message, of QoS 1 until the broker has it.
   *
   * @throws {SmarteyeError} when it does not say so in time: the connection is then given up.
   */
  async publish({ topic, payload, retain, qos }: MqttMessage): Promise<void> {
    const bytes = typeof payload === "string" ? payload : Buffer.from(payload);
    const lost = this.closed.then((why) => {
      throw new Error(why);
    });
    lost.catch(() => {}); // told where it is waited for
    const published = this.client.publishAsync(topic, bytes, { retain, qos });
    published.catch(() => {});
    try {
      if (await within(DEADLINE_MS, Promise.race([published, lost]), this.clock)) return;
    } catch (cause) {
      throw new SmarteyeError("unavailable", `Cannot publish ${topic}: ${messageOf(cause)}`, {
        cause,
      });
    }
    this.client.end(true); // else it would be sent once more, and be kept until then
    throw new SmarteyeError(
      "deadline_exceeded",
      `Cannot publish ${topic}: the broker did not take it within ${DEADLINE_MS / 1000} s`,
    );
  }

  /**
   * What the broker keeps under a topic, with `+` and `#`, until nothing has come for a while.
   *
   * @param waitMs how long that is at most.
   */
  async kept(topics: readonly string[], waitMs: number): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const hear = (topic: string, payload: Buffer, { retain }: { retain: boolean }) => {
      if (retain && payload.length < 16) found.set(topic, payload.toString());
    };
    this.client.on("message", hear);
    const subscribed = this.client.subscribeAsync([...topics], { qos: 0 });
    subscribed.catch(() => {});
    if (await within(DEADLINE_MS, Promise.race([subscribed, this.closed]), this.clock)) {
      await this.clock.sleep(waitMs);
    }
    this.client.off("message", hear);
    void this.client.unsubscribeAsync([...topics]).catch(() => {});
    return found;
  }

  /** Takes leave: the broker does not speak for this side then. */
  async close(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.client.end(false, {}, () => resolve()));
    if (!await within(LEAVE_MS, ended, this.clock)) this.client.end(true);
  }
}

function optionsOf(
  { address: { scheme, host, port, user }, password, authorities, version, will }: MqttLinkParts,
): IClientOptions {
  const { topic, payload, retain, qos } = will;
  return {
    ...{ protocol: scheme === "mqtts" ? "mqtts" : "mqtt", host, port },
    ...{ protocolVersion: version, clientId: `smarteye_${crypto.randomUUID().slice(0, 13)}` },
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    // The client hands on to TLS what it does not know itself.
    ...(authorities.length === 0 ? {} : { secureContext: trusting(authorities) }),
    will: { topic, payload: Buffer.from(payload), retain, qos },
    ...{ keepalive: KEEPALIVE_S, clean: true, connectTimeout: DEADLINE_MS },
    // Who keeps the connection opens another: what was not sent waits in the sink's own queue.
    ...{ reconnectPeriod: 0, queueQoSZero: false, resubscribe: false, timerVariant: "native" },
  };
}
