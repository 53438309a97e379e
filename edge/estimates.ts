/** What the latest frames say about the next one: the estimates that policies decide by. */

import { RollingWindow } from "../core/rolling_window.ts";
import type { Offloaded } from "./offload_client.ts";

/** Frames that an estimate looks back on. */
const WINDOW = 20;

/** Rolling estimates of delays and bandwidth; `undefined` before there is a measurement. */
export class Estimates {
  readonly #localMs = new RollingWindow(WINDOW);
  readonly #cloudMs = new RollingWindow(WINDOW);
  readonly #networkMs = new RollingWindow(WINDOW);
  readonly #uplink = new RollingWindow(WINDOW);

  /** A frame was inferred here, `latencyMs` after its capture, or after the cloud had failed on it. */
  addLocal(latencyMs: number): void {
    this.#localMs.add(latencyMs);
  }

  /**
   * A frame was inferred in the cloud, `latencyMs` after its capture; the exchange took `exchangeMs`.
   * What the forwarder did not need of it, the network did.
   */
  addCloud(latencyMs: number, exchangeMs: number, { cloudMs, traffic }: Offloaded): void {
    const networkMs = Math.max(0.01, exchangeMs - cloudMs);
    this.#cloudMs.add(latencyMs);
    this.#networkMs.add(networkMs);
    this.#uplink.add(traffic.bytesUp * 1000 / networkMs);
  }

  /** Mean latency of frames inferred here, capture (or the cloud's failure) to result, milliseconds. */
  get localMs(): number | undefined {
    return this.#localMs.mean();
  }

  /** Mean latency of frames inferred in the cloud, capture to result, milliseconds. */
  get cloudMs(): number | undefined {
    return this.#cloudMs.mean();
  }

  /** Mean time that an offload spends on the network, milliseconds. */
  get networkMs(): number | undefined {
    return this.#networkMs.mean();
  }

  /** Bytes sent a second while on the network. */
  get uplinkBytesPerSec(): number | undefined {
    return this.#uplink.mean();
  }
}
