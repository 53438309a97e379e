/** The way between an edge and a forwarder in simulated time: requests and answers share a link. */

import { type Clock, OVER } from "../../core/clock.ts";
import {
  type Asked,
  type Exchange,
  ExchangeError,
  type Transport,
} from "../../edge/cloud/http_exchange.ts";
import type { SharedWay } from "../network/shared_way.ts";
import type { SimulatedCloud } from "./simulated_cloud.ts";
import { sentBy } from "./simulated_source.ts";

/**
 * Bytes of the heads of a frame, of a question and of an answer, as an edge and a forwarder write them:
 * without a token and without tracing, and where names are about as long as `yolox_nano`, `10.0.0.1:5000`, of
 * an edge `gate` and of a source `door`.
 */
export const HEAD_BYTES = { frame: 225, question: 185, answer: 210 } as const;

/**
 * Milliseconds that an exchange takes beside the link and what the forwarder counts, half of it at each
 * end: bytes through sockets, heads and answers read and written. `bench:life` measures it.
 */
export const HANDLING_MS = 2;

/** A link, both ways; several edges may share it. */
export interface SharedLink {
  /** From the edges. */
  readonly up: SharedWay;
  /** To the edges. */
  readonly down: SharedWay;
}

/** Exchanges over a link. A connection is always open: no time is spent on one. */
export class SimulatedTransport implements Transport {
  /** Nothing is under way. @param speed how many times as fast the edge is as what was measured on. */
  constructor(
    private readonly link: SharedLink,
    private readonly cloud: SimulatedCloud,
    private readonly clock: Clock,
    private readonly speed: number,
  ) {}

  exchange(asked: Asked): Promise<Exchange> {
    const over = new AbortController();
    const bytesUp = HEAD_BYTES[asked.jpeg ? "frame" : "question"] + (asked.jpeg?.length ?? 0);
    return new Promise((resolve, reject) => {
      this.#exchange(asked, bytesUp, over.signal).then((exchange) => {
        over.abort(OVER);
        resolve(exchange);
      }, reject);
      void this.clock.sleep(asked.deadlineMs, over.signal).then(() => {
        if (over.signal.aborted) return;
        over.abort(OVER);
        const why = `no answer within ${Math.round(asked.deadlineMs)} ms`;
        reject(new ExchangeError(why, { bytesUp, bytesDown: 0 }, "late"));
      });
    });
  }

  close(): void {}

  async #exchange(
    { url, jpeg, deadlineMs }: Asked,
    bytesUp: number,
    signal: AbortSignal,
  ): Promise<Exchange> {
    const { link: { up, down }, cloud, clock } = this;
    const sentAtMs = clock.nowMs();
    await clock.sleep(HANDLING_MS / 2 / this.speed);
    await up.carry(bytesUp, signal);
    await clock.sleep(HANDLING_MS / 2 / cloud.speed);
    const sent = jpeg && sentBy(jpeg);
    const model = url.searchParams.get("model") ?? "";
    const takenMs = clock.nowMs() - sentAtMs;
    const { status, body } = sent
      ? await cloud.infer(sent, model, takenMs, sentAtMs + deadlineMs)
      : cloud.servers();
    const bytesDown = HEAD_BYTES.answer + body.length;
    await down.carry(bytesDown, signal);
    return { status, body, traffic: { bytesUp, bytesDown }, sentAtMs, bytesSent: bytesUp };
  }
}
