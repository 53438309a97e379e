/** What a broker is to keep: the latest of each topic, whatever was lost on the way. */

import type { MqttLink, MqttMessage } from "./mqtt_link.ts";

/** A text, or what reads a picture when it is sent; `undefined` where there is none any more. */
export type Kept = string | (() => Promise<Uint8Array | undefined>);

/** Topics with their latest values, and which of them the broker has not. */
export class Retained {
  readonly #values = new Map<string, Kept>();
  readonly #unsent = new Set<string>();
  #changes = 0;

  /** How often a value became another one. */
  get changes(): number {
    return this.#changes;
  }

  /** Sets the value of a topic. Whether it is another one than before. */
  set(topic: string, value: Kept): boolean {
    if (this.#values.get(topic) === value) return false;
    this.#values.set(topic, value);
    this.#unsent.add(topic);
    this.#changes++;
    return true;
  }

  /** Whether a topic has a value. */
  has(topic: string): boolean {
    return this.#values.has(topic);
  }

  /** The broker may have none of it any more: it may be another one. */
  forget(): void {
    for (const topic of this.#values.keys()) this.#unsent.add(topic);
  }

  /** Sends what the broker has not. @throws {SmarteyeError} when it does not take it. */
  async flush(link: Pick<MqttLink, "publish">): Promise<void> {
    for (const topic of [...this.#unsent]) {
      if (!this.#unsent.delete(topic)) continue; // who else flushes has it
      try {
        const value = this.#values.get(topic)!;
        const payload = typeof value === "string" ? value : await value();
        if (payload !== undefined) await link.publish(retained(topic, payload));
      } catch (error) {
        this.#unsent.add(topic);
        throw error;
      }
    }
  }
}

/** A message that the broker keeps. */
export function retained(topic: string, payload: string | Uint8Array): MqttMessage {
  return { topic, payload, retain: true, qos: 1 };
}
