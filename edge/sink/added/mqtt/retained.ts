/** What a broker is to keep: the latest of each topic, whatever was lost on the way. */

import { messageOf } from "../../../../core/errors.ts";
import { logger } from "../../../../core/log.ts";
import type { MqttLink, MqttMessage } from "./mqtt_link.ts";

const log = logger("edge");

/** Times in a row that a broker may not take a picture: more may be too much for it. */
const PICTURE_TRIES_MAX = 2;

/** A text, or what reads a picture when it is sent; it gives `undefined` where there is none any more. */
export type Kept = string | (() => Promise<Uint8Array | undefined>);

/** Topics with their latest values, and which of them the broker has not. */
export class Retained {
  readonly #values = new Map<string, Kept>();
  readonly #unsent = new Set<string>();
  /** How often in a row the picture of a topic was not taken. */
  readonly #refused = new Map<string, number>();
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

  /**
   * Sends what the broker has not, pictures last: one that it cuts the connection for, twice, is sent no
   * more, so that it keeps nothing else back.
   *
   * @throws {SmarteyeError} when it does not take it.
   */
  async flush(link: Pick<MqttLink, "publish">): Promise<void> {
    const isPicture = (topic: string) => typeof this.#values.get(topic) !== "string";
    const [pictures = [], texts = []] = [true, false].map((is) =>
      [...this.#unsent].filter((topic) => isPicture(topic) === is)
    );
    for (const topic of [...texts, ...pictures]) {
      if (!this.#unsent.delete(topic)) continue; // who else flushes has it
      if ((this.#refused.get(topic) ?? 0) >= PICTURE_TRIES_MAX) continue;
      try {
        const value = this.#values.get(topic)!;
        const payload = typeof value === "string" ? value : await value();
        if (payload !== undefined) await link.publish(retained(topic, payload));
        this.#refused.delete(topic);
      } catch (error) {
        this.#unsent.add(topic);
        if (isPicture(topic)) this.#notTaken(topic, error);
        throw error;
      }
    }
  }

  #notTaken(topic: string, error: unknown): void {
    const times = (this.#refused.get(topic) ?? 0) + 1;
    this.#refused.set(topic, times);
    if (times < PICTURE_TRIES_MAX) return;
    log.warn("no picture is sent to {topic} any more, the broker does not take it: {why}", {
      ...{ topic, why: messageOf(error) },
    });
  }
}

/** A message that the broker keeps. */
export function retained(topic: string, payload: string | Uint8Array): MqttMessage {
  return { topic, payload, retain: true, qos: 1 };
}
