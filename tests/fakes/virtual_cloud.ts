/** A cloud behind a link in virtual time: how a run fares on a slow, a cut and a dead one. */

import { type Clock, OVER } from "../../core/clock.ts";
import {
  type Offloaded,
  OffloadError,
  type OffloadRequest,
} from "../../edge/cloud/offload_client.ts";
import { Bottleneck, type LinkShape } from "../../lab/network/bottleneck.ts";
import type { Lane } from "../../lab/network/lane.ts";

/** Bytes of an answer. */
const ANSWER_BYTES = 500;

/** What the link and the server are like. */
export interface VirtualCloudScript {
  /** To the cloud. */
  readonly up: LinkShape;
  /** Back; like `up` unless said. */
  readonly down?: LinkShape;
  /** Milliseconds that the one Worker of the server takes for a frame. */
  readonly inferMs: number;
}

/** Takes the place of a `CloudLink`'s offloads: `new FakeRun({ offload: (clock) => …offload })`. */
export class VirtualCloud {
  /** To be reshaped, cut and mended. */
  readonly up: Bottleneck;
  /** To be reshaped, cut and mended. */
  readonly down: Bottleneck;
  /** Whether it answers: one that is dead takes frames and is silent. */
  answers = true;
  #freeAtMs = 0;

  constructor(readonly clock: Clock, private readonly script: VirtualCloudScript) {
    const { up, down = up } = script;
    this.up = new Bottleneck(up, clock);
    this.down = new Bottleneck(down, clock);
  }

  /** Sends a frame there. @throws {OffloadError} when there is no answer in time. */
  readonly offload = async (request: OffloadRequest): Promise<Offloaded> => {
    const { jpeg, deadlineMs } = request;
    const [up, down] = [this.up.lane(), this.down.lane()];
    const over = new AbortController();
    const late = this.clock.sleep(deadlineMs, over.signal).then((): never => {
      const why = `no answer within ${deadlineMs} ms`;
      throw new OffloadError(why, { bytesUp: jpeg.length, bytesDown: 0 }, "late");
    });
    try {
      return await Promise.race([this.#exchange(request, up, down), late]);
    } finally {
      late.catch(() => {});
      over.abort(OVER);
      up.close();
      down.close();
    }
  };

  async #exchange(request: OffloadRequest, up: Lane, down: Lane): Promise<Offloaded> {
    const { clock, script: { inferMs } } = this;
    const sentAtMs = clock.nowMs();
    await carry(up, request.jpeg);
    const receivedAtMs = clock.nowMs();
    const beginsAtMs = Math.max(receivedAtMs, this.#freeAtMs);
    this.#freeAtMs = beginsAtMs + inferMs;
    await clock.sleep(this.#freeAtMs - receivedAtMs);
    if (!this.answers) await new Promise(() => {});
    const answeredAtMs = clock.nowMs();
    await carry(down, new Uint8Array(ANSWER_BYTES));
    const nowMs = clock.nowMs();
    return {
      findings: { detections: [] },
      model: request.model,
      width: 320,
      height: 180,
      server: "s1",
      timingsMs: {
        network: receivedAtMs - sentAtMs + nowMs - answeredAtMs,
        queue: beginsAtMs - receivedAtMs,
        infer: inferMs,
        answer: 0,
        total: nowMs - sentAtMs,
      },
      traffic: { bytesUp: request.jpeg.length, bytesDown: ANSWER_BYTES },
    };
  }
}

/** Resolves when all of the bytes have arrived; never, when the lane is closed before. */
async function carry(lane: Lane, bytes: Uint8Array): Promise<void> {
  void lane.send(bytes);
  for (let left = bytes.length; left > 0;) {
    const load = await lane.receive();
    if (load === undefined) return await new Promise(() => {});
    left -= load.length;
  }
}
