/** What one exchange puts on its sockets. */

import type { Socket } from "node:net";
import type { Clock } from "../../core/clock.ts";
import type { Traffic } from "../record.ts";
import { type Carried, carriedUnder } from "./tls_agent.ts";

/** What of a socket's bytes exchanges have been charged with that are over. */
const CHARGED = new WeakMap<Socket, Carried>();

const NOTHING: Carried = { up: 0, down: 0 };

/** Counts the bytes of one exchange: on a plain socket those written and read, under TLS those of TLS. */
export class Wire {
  #spent: Traffic = { bytesUp: 0, bytesDown: 0 };
  #socket: Socket | undefined;
  #before = NOTHING;
  /** Bytes before the request's own: of the handshake. */
  #upBeforeRequest = 0;
  #readBefore = 0;
  #isConnected = false;
  #isReady = false;
  /** When the socket was ready for the request. */
  sentAtMs = 0;

  /** Counts nothing yet. */
  constructor(private readonly clock: Clock) {}

  /** Goes on with another socket: the first, or one instead of a kept one that was closed meanwhile. */
  take(socket: Socket): void {
    this.#spent = this.traffic();
    this.end();
    this.#socket = socket;
    this.sentAtMs = this.clock.nowMs();
    this.#before = CHARGED.get(socket) ?? NOTHING; // what came on it since then is this one's
    const under = carriedUnder(socket);
    const isTls = under !== undefined;
    // One that was opened for a request which was given up meanwhile may stand, and was never charged.
    this.#isConnected = this.#isReady = under ? under.isSecure : !socket.connecting;
    this.#upBeforeRequest = this.#isReady ? this.#carried().up : this.#before.up;
    this.#readBefore = this.#isReady ? socket.bytesRead ?? 0 : 0;
    if (this.#isReady) return;
    socket.once("connect", () => this.#isConnected = true); // else nothing written is on the wire
    socket.once(isTls ? "secureConnect" : "connect", () => {
      this.#isConnected = this.#isReady = true;
      this.sentAtMs = this.clock.nowMs();
      if (isTls) this.#upBeforeRequest = this.#carried().up;
    });
  }

  /** The exchange is over: what its socket carries from now on is others'. */
  end(): void {
    if (this.#socket) CHARGED.set(this.#socket, this.#carried());
  }

  /** Bytes of the request that were written to the latest socket. */
  get bytesSent(): number {
    return Math.max(0, this.#carried().up - this.#upBeforeRequest);
  }

  /** Whether the request could be sent, and nothing of an answer has come. */
  get isUnheard(): boolean {
    return this.#isReady && (this.#socket?.bytesRead ?? 0) === this.#readBefore;
  }

  /** Bytes of all sockets. */
  traffic(): Traffic {
    const { up, down } = this.#carried();
    const { bytesUp, bytesDown } = this.#spent;
    return {
      bytesUp: bytesUp + up - this.#before.up,
      bytesDown: bytesDown + down - this.#before.down,
    };
  }

  #carried(): Carried {
    if (!this.#socket) return this.#before;
    const under = carriedUnder(this.#socket);
    if (under) return under;
    if (!this.#isConnected) return this.#before;
    return { up: this.#socket.bytesWritten ?? 0, down: this.#socket.bytesRead ?? 0 };
  }
}
