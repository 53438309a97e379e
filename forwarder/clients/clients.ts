/** Who asks: by a token where they are wanted, else by the address. */

import { createHash } from "node:crypto";
import { type Clock, every, OVER } from "../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { type Log, logger } from "../../core/log.ts";
import { bearerOf } from "../../web/bearer_token.ts";
import { Client, InFlight } from "./client.ts";
import { OPEN } from "./grant.ts";
import { readTokens, type TokenTable } from "./token_file.ts";

/** Milliseconds between two looks at the file. */
const LOOK_MS = 2000;

/** What is known of a request before it is read. */
export interface Caller {
  /** IP address of the other end. */
  readonly peer: string;
  /** Value of its `Authorization` (RFC 6750). */
  readonly authorization: string | null;
}

/** How clients are told apart, and what each may do. */
export interface ClientsOptions {
  /** A file of tokens: only who has one of them may ask. Without, anybody may. */
  readonly tokens?: string | undefined;
  /** Requests that a client may have under way, where its token does not say. */
  readonly inFlightMax: number | undefined;
}

/** Knows clients. Keeps digests of tokens alone. */
export class Clients {
  readonly #over = new AbortController();
  readonly #byDigest = new Map<string, Client>();
  readonly #inFlight = new InFlight();

  private constructor(
    private readonly options: ClientsOptions,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Anybody, told apart by their addresses. */
  static open(clock: Clock, inFlightMax?: number): Clients {
    return new Clients({ inFlightMax }, clock, logger("forwarder"));
  }

  /**
   * Reads the file, and looks at it again and again: what is not usable changes nothing, and is told.
   *
   * @throws {SmarteyeError} `invalid_argument` when it is not usable.
   */
  static async read(
    options: ClientsOptions,
    clock: Clock,
    log: Log = logger("forwarder"),
  ): Promise<Clients> {
    const clients = new Clients(options, clock, log);
    const { tokens: path } = options;
    if (path === undefined) return clients;
    const first = await readTokens(path);
    clients.#take(first.table);
    void clients.#watch(path, first.text);
    return clients;
  }

  /** Whether a token is wanted. */
  get wantTokens(): boolean {
    return this.options.tokens !== undefined;
  }

  /**
   * Who asks.
   *
   * @throws {SmarteyeError} `unauthenticated` when a token is wanted, and there is none that is known.
   */
  by({ peer, authorization }: Caller): Client {
    if (this.wantTokens) return this.byToken(bearerOf(authorization));
    const { inFlightMax } = this.options;
    return new Client({ ...OPEN, name: peer, inFlightMax }, this.clock, this.#inFlight);
  }

  /** As `by`, of one that shows its token in another place. @throws {SmarteyeError} `unauthenticated`. */
  byToken(token: string | undefined): Client {
    const client = token && this.#byDigest.get(digestOf(token));
    if (client) return client;
    throw new SmarteyeError(
      "unauthenticated",
      `Cannot take the request: found ${token ? "a token that is not known" : "no token"}, ` +
        'wanted "authorization: Bearer TOKEN"',
    );
  }

  /**
   * Holds that the caller may manage the gateway.
   *
   * @throws {SmarteyeError} `unauthenticated` or `permission_denied` when a token is wanted, and this is none
   * that manages.
   */
  assertManages(authorization: string | null): void {
    const { manages, name } = this.by({ peer: "", authorization }).grant;
    if (manages) return;
    throw new SmarteyeError(
      "permission_denied",
      `Cannot take the request: ${name} does not manage, a token with "manages: true" is wanted`,
    );
  }

  /** Looks no more. */
  close(): void {
    this.#over.abort(OVER);
  }

  /** Those that were known before keep what they have under way. */
  #take(table: TokenTable): void {
    for (const digest of this.#byDigest.keys()) {
      if (!table.has(digest)) this.#byDigest.delete(digest);
    }
    for (const [digest, given] of table) {
      const grant = { ...given, inFlightMax: given.inFlightMax ?? this.options.inFlightMax };
      const known = this.#byDigest.get(digest);
      if (known) known.grant = grant;
      else this.#byDigest.set(digest, new Client(grant, this.clock, this.#inFlight));
    }
  }

  async #watch(path: string, text: string): Promise<void> {
    let trouble = "";
    await every(this.clock, LOOK_MS, async () => {
      try {
        const found = await readTokens(path);
        trouble = "";
        if (found.text === text || this.#over.signal.aborted) return;
        text = found.text;
        this.#take(found.table);
        this.log.info("{count} tokens are known now", { count: found.table.size });
      } catch (error) {
        const found = messageOf(error);
        if (found !== trouble) this.log.error("{found}; those from before stay", { found });
        trouble = found;
      }
    }, this.#over.signal);
  }
}

/** Digest of a token as the file has it: SHA-256, hexadecimal. Tokens are long and random: it needs no salt. */
export function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
