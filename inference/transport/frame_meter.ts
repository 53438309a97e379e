/** What a client's HTTP/2 frames are, seen from beside: who floods a server with the small ones is found out. */

/** The bytes that every client begins with (RFC 9113, section 3.4). */
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** Bytes of a frame before its payload: length (3), type, flags, stream (4). */
const HEADER_BYTES = 9;

/** Types of frames (RFC 9113, section 6). */
const DATA = 0, HEADERS = 1, RST_STREAM = 3, WINDOW_UPDATE = 8, CONTINUATION = 9;

const END_STREAM = 1;

/**
 * Frames that a client may send beside its calls at once, and how many more each second. Clients ping to
 * keep a connection, and to measure it while they are answered.
 */
const ALLOWED = 200, ALLOWED_PER_SECOND = 20;

/** How many more for each frame that carries a call on. */
const ALLOWED_PER_CALL_FRAME = 4;

/**
 * Counts frames that have a server work and carry no call on: pings, settings, priorities, empty data,
 * unknown ones. nghttp2 bounds streams that are reset and headers by itself, and answers all the others
 * for as long as they come.
 */
export class FrameMeter {
  #allowed = ALLOWED;
  #countedAtMs: number;
  #prefaceSeen = 0;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerSeen = 0;
  #payloadLeft = 0;
  #framesSeen = 0;

  /** Has seen nothing. `nowMs`: when the connection was made. */
  constructor(nowMs: number) {
    this.#countedAtMs = nowMs;
  }

  /** Whether the client has begun to speak HTTP/2: its preface and one frame are there. */
  get hasBegun(): boolean {
    return this.#framesSeen > 0;
  }

  /**
   * Takes what came from the client.
   *
   * @returns whether it may go on; once false, always false.
   */
  take(bytes: Uint8Array, nowMs: number): boolean {
    let at = 0;
    if (this.#prefaceSeen < PREFACE.length) {
      const length = Math.min(bytes.length, PREFACE.length - this.#prefaceSeen);
      this.#prefaceSeen += length; // whether it is one, nghttp2 says
      at = length;
    }
    while (at < bytes.length) {
      if (this.#payloadLeft > 0) {
        const length = Math.min(this.#payloadLeft, bytes.length - at);
        this.#payloadLeft -= length;
        at += length;
        continue;
      }
      const length = Math.min(HEADER_BYTES - this.#headerSeen, bytes.length - at);
      this.#header.set(bytes.subarray(at, at + length), this.#headerSeen);
      this.#headerSeen += length;
      at += length;
      if (this.#headerSeen < HEADER_BYTES) break;
      this.#headerSeen = 0;
      this.#count(nowMs);
    }
    return this.#allowed >= 0;
  }

  #count(nowMs: number): void {
    this.#framesSeen++;
    const [high, middle, low, type, flags] = this.#header as unknown as readonly [
      ...[number, number, number, number, number],
    ];
    this.#payloadLeft = high * 65536 + middle * 256 + low;
    const isCallFrame = type === HEADERS || (type === DATA && this.#payloadLeft > 0) ||
      (type === DATA && (flags & END_STREAM) !== 0);
    if (isCallFrame) this.#allow(ALLOWED_PER_CALL_FRAME);
    else if (type !== RST_STREAM && type !== WINDOW_UPDATE && type !== CONTINUATION) {
      if (this.#allowed < 0) return;
      this.#allow(Math.max(0, nowMs - this.#countedAtMs) / 1000 * ALLOWED_PER_SECOND);
      this.#countedAtMs = nowMs;
      this.#allowed--;
    }
  }

  #allow(more: number): void {
    if (this.#allowed >= 0) this.#allowed = Math.min(ALLOWED, this.#allowed + more);
  }
}
