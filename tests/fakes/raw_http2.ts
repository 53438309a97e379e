/** A client of HTTP/2 that sends whatever frames it is told to, and tells which ones came. */

import { connect, type Socket } from "node:net";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** Types of frames (RFC 9113, section 6). */
export const FRAME = {
  ...{ data: 0, headers: 1, priority: 2, reset: 3, settings: 4, ping: 6, goaway: 7, window: 8 },
} as const;

/** A frame that came. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Uint8Array;
}

/** One connection. */
export class RawHttp2 {
  readonly frames: Frame[] = [];
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #rest = new Uint8Array();
  #hasBegun = false;
  #woken = Promise.withResolvers<void>();

  private constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.on("data", (bytes: Uint8Array) => this.#take(bytes));
    this.#socket.on("error", () => {});
    this.closed = new Promise((resolve) => this.#socket.once("close", () => resolve()));
    void this.closed.then(() => this.#woken.resolve());
  }

  /** Only the socket. */
  static bare(port: number): RawHttp2 {
    return new RawHttp2(port);
  }

  /** A connection that has begun, with `window` bytes that the server may send in each call. */
  static begun(port: number, window = 65_535): RawHttp2 {
    const client = new RawHttp2(port);
    client.#hasBegun = true;
    client.write(PREFACE);
    client.send(FRAME.settings, 0, 0, [0, 4, ...bytesOf(window)]);
    return client;
  }

  write(bytes: string | Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  send(type: number, flags: number, stream: number, payload: ArrayLike<number> = []): void {
    this.write(frame(type, flags, stream, payload));
  }

  /** Begins a call of gRPC. */
  call(stream: number, path: string, more: Record<string, string> = {}, flags = 4): void {
    this.send(FRAME.headers, flags, stream, headersOf(path, more));
  }

  /** The next frame of a type that is not taken yet; `undefined` when the connection ends before. */
  async next(type: number, where: (frame: Frame) => boolean = () => true) {
    for (;;) {
      const at = this.frames.findIndex((one) => one.type === type && where(one));
      if (at >= 0) return this.frames.splice(at, 1)[0]!;
      if (this.#socket.destroyed) return undefined;
      await this.#woken.promise;
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(bytes: Uint8Array): void {
    let rest = Uint8Array.from([...this.#rest, ...bytes]);
    while (rest.length >= 9) {
      const [a = 0, b = 0, c = 0, type = 0, flags = 0, d = 0, e = 0, f = 0, g = 0] = rest;
      const length = a * 65536 + b * 256 + c;
      if (rest.length < 9 + length) break;
      const stream = (d & 127) * 2 ** 24 + e * 65536 + f * 256 + g;
      if (this.#hasBegun && type === FRAME.settings && flags === 0) this.send(FRAME.settings, 1, 0); // as it is to be
      this.frames.push({ type, flags, stream, payload: rest.slice(9, 9 + length) });
      rest = rest.slice(9 + length);
    }
    this.#rest = rest;
    this.#woken.resolve();
    this.#woken = Promise.withResolvers();
  }
}

/** A frame's bytes. */
export function frame(type: number, flags: number, stream: number, payload: ArrayLike<number>) {
  const { length } = payload;
  const head = [length >> 16, (length >> 8) & 255, length & 255, type, flags, ...bytesOf(stream)];
  const whole = new Uint8Array(9 + length);
  whole.set(head);
  whole.set(payload, 9);
  return whole;
}

/** The headers of a call, each as a literal (RFC 7541, 6.2.2). */
export function headersOf(path: string, more: Record<string, string>): Uint8Array {
  const headers = {
    ":method": "POST",
    ":scheme": "http",
    ":path": path,
    ":authority": "localhost",
    "content-type": "application/grpc",
    te: "trailers",
    ...more,
  };
  const encoder = new TextEncoder();
  const text = (value: string) => {
    const bytes = encoder.encode(value);
    return [...integer(bytes.length), ...bytes];
  };
  return Uint8Array.from(
    Object.entries(headers).flatMap(([name, value]) => [0, ...text(name), ...text(value)]),
  );
}

/** `grpc-status` in Huffman's code (RFC 7541, appendix B), in which nghttp2 writes it. */
const GRPC_STATUS = [0x9a, 0xca, 0xc8, 0xb2, 0x12, 0x34, 0xda, 0x8f];

/** The status in the first trailers of a connection: later ones refer to it by a number. */
export function statusOf(block: Uint8Array): number {
  const at = block.findIndex((_, n) => GRPC_STATUS.every((byte, i) => block[n + i] === byte));
  const end = at + GRPC_STATUS.length;
  if (at < 0) throw new Error("there is no grpc-status");
  return Number(String.fromCharCode(...block.slice(end + 1, end + 1 + block[end]!)));
}

/** A length with a prefix of seven bits (RFC 7541, 5.1). */
function integer(value: number): number[] {
  if (value < 127) return [value];
  const bytes = [127];
  for (value -= 127; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

function bytesOf(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/** A message of gRPC, with its length in front; `said` is the length that it is said to have. */
export function message(bytes: Uint8Array, said = bytes.length, isCompressed = false): Uint8Array {
  const whole = new Uint8Array(5 + bytes.length);
  whole.set([isCompressed ? 1 : 0, ...bytesOf(said)]);
  whole.set(bytes, 5);
  return whole;
}
