/** A server that is measured. */

import type { Size } from "../../core/frame.ts";

/** What requests carry. */
export interface Picture extends Size {
  /** The file; its pixels are those that `rgb` holds. */
  readonly encoded: Uint8Array;
  /** `height × width × 3` bytes. */
  readonly rgb: Uint8Array;
  /** Which of the two is sent. */
  readonly as: "jpeg" | "raw";
}

/** A server that runs. */
export interface Target {
  readonly name: "smarteye" | "triton";
  /** host:port. */
  readonly address: string;
  /** Its process; what that started counts as well. */
  readonly pid: number;
  /** The gRPC method that infers, as `/package.Service/Method`. */
  readonly method: string;
  /**
   * A request's message.
   *
   * @param queueMs milliseconds that it may wait, for a server that is told so.
   */
  message(model: string, picture: Picture, queueMs: number): Uint8Array;
  /** Ends it. */
  stop(): Promise<void>;
}
