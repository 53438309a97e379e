/** How a broker of MQTT is spoken to, resolved and checked. */

import type { Secret } from "../secret.ts";

/** What is said of it, beside its address. */
export interface MqttOptions {
  /** The password of the user whom the address names. */
  readonly password?: Secret | undefined;
  /** PEM file with certificates of authorities that are trusted beside those that everybody trusts. */
  readonly authorities?: string | undefined;
  /** Version of the protocol: 4 is 3.1.1. */
  readonly version: 4 | 5;
  /** Where Home Assistant looks for devices; absent: it is told of none. */
  readonly discovery?: string | undefined;
  /** Labels of things that are told of; empty: all. */
  readonly labels: readonly string[];
  /** Whether the best picture of each label is kept at the broker. */
  readonly snapshots: boolean;
}

/** What there is where nothing is said. */
export const MQTT_DEFAULTS: MqttOptions = {
  ...{ version: 4, discovery: "homeassistant", labels: [], snapshots: true },
};
