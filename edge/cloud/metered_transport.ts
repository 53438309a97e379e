/** Exchanges that keep to a byte allowance. */

import { EDGE_HEADER_MAX } from "../../proto/http_edge.ts";
import type { ByteAllowance, Reservation } from "./byte_allowance.ts";
import { type Asked, type Exchange, ExchangeError, type Transport } from "./http_exchange.ts";

/** Bytes of a request's head, beside its URL and the token. */
const HEAD_BYTES = 1024 + EDGE_HEADER_MAX;

/** Bytes of handshakes and framing to the forwarder; framing takes less than a hundredth besides. */
const TLS_BYTES = 4096;

/** Bytes of an answer that are reckoned with; more are reserved as they come. */
const ANSWER_BYTES = 32_768;

/**
 * Bytes that may come before anybody can say that they are too many: three reads of a socket. One is there
 * when it is asked about, and while that is answered up to two more gather before nothing is read.
 */
const CHUNK_BYTES = 196_608;

/** Reserves what an exchange may cost before, and settles what it did. */
export class MeteredTransport implements Transport {
  /**
   * Sends nothing yet.
   *
   * @param secretBytes of what is sent with each request to make the edge known.
   */
  constructor(
    private readonly transport: Transport,
    private readonly allowance: ByteAllowance,
    private readonly secretBytes: number,
  ) {}

  async exchange(asked: Asked): Promise<Exchange> {
    const upBytes = this.#upBytes(asked);
    let downBytes = ANSWER_BYTES + CHUNK_BYTES;
    const reservation = await this.allowance.reserve(upBytes + downBytes);
    if (!reservation) {
      const why = this.allowance.why || "what is left of its byte allowance is needed by others";
      throw new ExchangeError(why, { bytesUp: 0, bytesDown: 0 }, "barred");
    }
    const mayRead = (bytesDown: number): boolean | Promise<boolean> => {
      const lack = bytesDown + CHUNK_BYTES - downBytes;
      if (lack <= 0) return true;
      downBytes += lack;
      return reservation.extend(lack) || reservation.grow(lack);
    };
    const mayRepeat = () => this.#repeats(asked, reservation, upBytes);
    try {
      const exchange = await this.transport.exchange({ ...asked, mayRead, mayRepeat });
      reservation.settle(exchange.traffic.bytesUp + exchange.traffic.bytesDown);
      return exchange;
    } catch (error) {
      // What it cost is not known of what nobody has thought of: all that was reserved, then.
      const traffic = error instanceof ExchangeError ? error.traffic : undefined;
      reservation.settle(traffic ? traffic.bytesUp + traffic.bytesDown : reservation.bytes);
      throw error;
    }
  }

  close(): void {
    this.transport.close();
  }

  #repeats({ mayRepeat }: Asked, reservation: Reservation, upBytes: number): boolean {
    return reservation.extend(upBytes) && (mayRepeat?.() ?? true);
  }

  #upBytes({ url, jpeg }: Asked): number {
    const bytes = HEAD_BYTES + 2 * url.href.length + this.secretBytes + (jpeg?.length ?? 0);
    return url.protocol === "https:" ? Math.ceil(1.01 * bytes) + TLS_BYTES : bytes;
  }
}
