/** A slow, long, breakable link in the process: a TCP relay with a bottleneck and a delay each way. */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { cannotListen, type ListenAddress } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import { type Rng, seededRng } from "../../core/rng.ts";
import { Bottleneck, type LinkShape } from "./bottleneck.ts";
import { RelayedConnection } from "./relayed_connection.ts";
import type { Way } from "./shared_way.ts";

const log = logger("lab");

/** Connections that a link carries when nothing else is said. */
const CONNECTIONS_MAX = 256;

/** Milliseconds that this runtime rounds a timer up to. */
const TIMER_MS = 1;

/** A way over the link: `up` is to the target. */
export type Direction = "up" | "down";

const DIRECTIONS: readonly Direction[] = ["up", "down"];

/** What a link is to be. */
export interface ShapedLinkOptions {
  /** Where it leads to: `host:port`, IPv6 hosts in brackets. */
  readonly target: string;
  /** To the target. */
  readonly up: LinkShape | Way;
  /** Back. */
  readonly down: LinkShape | Way;
  /** Rates and delays go by it. The link's own time begins with its first connection. */
  readonly clock: Clock;
  /** Of the jitter; the same each time unless said. */
  readonly rng?: Rng;
  /** Where it listens; a free port of this machine's own address unless said. */
  readonly listen?: ListenAddress;
  /** Connections at once; those beyond are reset. 256 unless said. */
  readonly connectionsMax?: number;
}

/** Bytes that were carried in each direction. */
export type CarriedBytes = Readonly<Record<Direction, number>>;

/**
 * A link that leads to one target. All connections share its two directions.
 *
 * A cut is silent: connections stay open, what is under way waits, and goes on when the link is
 * mended. Opening, ending and resetting a connection travel over the link like bytes.
 *
 * What buffers hide: the system accepts a connection at once, where a real link takes a round trip. A
 * sender's system takes up to some megabytes before a write of it waits, as it would before a real
 * link; the relay and its system take up to some hundred kilobytes of a connection beyond what the link
 * has carried. These are carried although the sender has reset the connection meanwhile, and only then
 * is that seen. So when bytes are *written* says nothing here; when they *arrive* is exact but for how
 * late timers are. Packets are never lost, and have no headers: a rate is one of payload.
 */
export class ShapedLink implements AsyncDisposable {
  readonly #connections = new Set<RelayedConnection>();
  readonly #directions: Readonly<Record<Direction, Bottleneck>>;
  readonly #target: ListenAddress;
  readonly #connectionsMax: number;
  readonly #server = createServer(
    { allowHalfOpen: true, noDelay: true },
    (socket) => this.#accept(socket),
  );

  private constructor(options: ShapedLinkOptions) {
    const { target, up, down, clock, rng = seededRng(1), connectionsMax } = options;
    this.#target = parseTarget(target);
    this.#connectionsMax = connectionsMax ?? CONNECTIONS_MAX;
    this.#directions = {
      up: new Bottleneck(up, clock, { rng, timerMs: TIMER_MS }),
      down: new Bottleneck(down, clock, { rng, timerMs: TIMER_MS }),
    };
  }

  /**
   * Listens. Whether the target is there shows when somebody connects.
   *
   * @throws {RangeError} when there can be no such target or no link like that.
   * @throws {SmarteyeError} `already_in_use` or `invalid_argument` when it cannot listen.
   */
  static async open(options: ShapedLinkOptions): Promise<ShapedLink> {
    const link = new ShapedLink(options);
    await link.#listen(options.listen ?? { host: "127.0.0.1", port: 0 });
    return link;
  }

  /** Where it listens: the real port. */
  get address(): ListenAddress {
    const { address, port } = this.#server.address() as AddressInfo;
    return { host: address, port };
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Is like this from now on. @throws {RangeError} when no link can be like that. */
  reshape(shapes: Readonly<Partial<Record<Direction, Partial<LinkShape>>>>): void {
    for (const direction of DIRECTIONS) {
      this.#directions[direction].reshape(shapes[direction] ?? {});
    }
  }

  /** Carries nothing any more, in these directions, until it is mended. */
  cut(directions: readonly Direction[] = DIRECTIONS): void {
    for (const direction of directions) this.#directions[direction].cut();
  }

  /** Goes on where it was cut. */
  mend(directions: readonly Direction[] = DIRECTIONS): void {
    for (const direction of directions) this.#directions[direction].mend();
  }

  /** Resets all connections, at both ends at once. New ones are taken. */
  reset(): void {
    for (const connection of this.#connections) connection.reset();
  }

  /** Bytes that have been carried so far. */
  account(): CarriedBytes {
    const { up, down } = this.#directions;
    return { up: up.carriedBytes, down: down.carriedBytes };
  }

  /** Takes no connection any more and resets those that there are. Resolves when all are closed. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const ends = Array.from(this.#connections, ({ done }) => done);
    this.reset();
    for (const direction of DIRECTIONS) this.#directions[direction].close();
    await Promise.all([closed, ...ends]);
  }

  /** Closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #listen({ host, port }: ListenAddress): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (cause: Error) => reject(cannotListen({ host, port }, cause));
      this.#server.once("error", fail);
      this.#server.listen({ host, port }, () => {
        this.#server.off("error", fail);
        this.#server.on("error", (error) => {
          log.warn("the shaped link cannot take a connection: {error}", {
            error: messageOf(error),
          });
        });
        resolve();
      });
    });
  }

  #accept(socket: Socket): void {
    if (this.#connections.size >= this.#connectionsMax) {
      socket.resetAndDestroy();
      return;
    }
    const { up, down } = this.#directions;
    const lanes = { up: up.lane(), down: down.lane() };
    const connection = new RelayedConnection(socket, this.#target, lanes);
    this.#connections.add(connection);
    void connection.done.then(() => this.#connections.delete(connection));
  }
}

function parseTarget(target: string): ListenAddress {
  const [, bare, inBrackets, port] = /^(?:([^\[\]:]+)|\[([^\[\]]+)\]):(\d{1,5})$/.exec(target) ??
    [];
  const host = bare ?? inBrackets;
  if (host && Number(port) > 0 && Number(port) < 65536) return { host, port: Number(port) };
  throw new RangeError(`Cannot open a link to "${target}": host:port is wanted`);
}
