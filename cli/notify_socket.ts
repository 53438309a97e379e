/** Messages to a service manager's Unix datagram socket, by the C library: Deno opens no such socket. */

/** `AF_UNIX`, `SOCK_DGRAM | SOCK_CLOEXEC`, `MSG_DONTWAIT | MSG_NOSIGNAL` and `CLOCK_MONOTONIC` on Linux. */
const [UNIX, DATAGRAM, AT_ONCE, MONOTONIC] = [1, 2 | 0o2000000, 0x40 | 0x4000, 1];

/** Bytes of `struct sockaddr_un`: two of the family, the others of the path. */
const ADDRESS_BYTES = 110;

/** A way to a service manager. */
export interface NotifySocket {
  /** Sends a message, never waiting. @returns whether the socket took it. */
  send(message: string): boolean;
  /** Microseconds of the machine's monotonic clock, which the manager goes by too. */
  nowUs(): bigint;
  /** Gives the socket back. */
  close(): void;
}

/** Opens one. */
export type OpenNotifySocket = (path: string) => NotifySocket;

/**
 * Opens a socket for messages to another.
 *
 * @param path an absolute one, or `@name` in Linux's abstract namespace.
 * @throws {Error} when it is no such path, the C library is another one, or may not be called.
 */
export function openNotifySocket(path: string): NotifySocket {
  const address = addressOf(path);
  const libc = Deno.dlopen("libc.so.6", {
    socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
    sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "isize" },
    clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });
  const { socket, sendto, clock_gettime, close } = libc.symbols;
  const descriptor = socket(UNIX, DATAGRAM, 0);
  if (descriptor < 0) {
    libc.close();
    throw new Error("the system gives no socket");
  }
  const encoder = new TextEncoder();
  return {
    send(message) {
      const bytes = encoder.encode(message);
      const size = BigInt(bytes.length);
      return sendto(descriptor, bytes, size, AT_ONCE, address, address.length) === size;
    },
    nowUs() {
      const time = new BigInt64Array(2); // seconds, nanoseconds
      clock_gettime(MONOTONIC, time);
      return time[0]! * 1_000_000n + time[1]! / 1000n;
    },
    close() {
      close(descriptor);
      libc.close();
    },
  };
}

/** The path as `struct sockaddr_un`; an abstract name begins with a zero byte and ends with its length. */
function addressOf(path: string): Uint8Array<ArrayBuffer> {
  if (!/^[/@]./.test(path)) throw new Error(`it is "${path}", and no absolute path`);
  const name = new TextEncoder().encode(path);
  const isAbstract = path.startsWith("@");
  const length = 2 + name.length + (isAbstract ? 0 : 1);
  if (length > ADDRESS_BYTES) throw new Error(`its path of ${name.length} bytes is too long`);
  const address = new Uint8Array(length);
  new Uint16Array(address.buffer, 0, 1)[0] = UNIX; // in the machine's own order
  address.set(name, 2);
  if (isAbstract) address[2] = 0;
  return address;
}
