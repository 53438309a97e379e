/** How inference servers are reached: in the clear or over TLS, and with which token. */

import { type Clock, OVER } from "../core/clock.ts";
import { logger } from "../core/log.ts";
import {
  expiry,
  readTlsFiles,
  type TlsFiles,
  type TlsMaterial,
  watchTlsFiles,
} from "../core/tls_files.ts";

const log = logger("forwarder");

/** What every channel to a server goes by. */
export class ServerAccess {
  readonly #over = new AbortController();
  readonly #listeners = new Set<() => void>();
  #tls: TlsMaterial | undefined;

  private constructor(tls: TlsMaterial | undefined, readonly token: string | undefined) {
    this.#tls = tls;
  }

  /** Plain TCP, and no token. */
  static plain(): ServerAccess {
    return new ServerAccess(undefined, undefined);
  }

  /**
   * Reads the files and looks at them again and again; without, plain TCP.
   *
   * @throws {SmarteyeError} `invalid_argument` when they are not usable.
   */
  static async open(
    { files, token, clock }: {
      readonly files: TlsFiles | undefined;
      readonly token: string | undefined;
      readonly clock: Clock;
    },
  ): Promise<ServerAccess> {
    const first = files && await readTlsFiles(files);
    const access = new ServerAccess(first, token);
    if (!files || !first) return access;
    const expired = expiry(first, clock);
    if (expired) log.warn("{expired}", { expired });
    if (Object.keys(files).length === 0) return access;
    const renew = (tls: TlsMaterial) => {
      access.#tls = tls;
      for (const listener of access.#listeners) listener();
    };
    void watchTlsFiles(files, first, { clock, log, signal: access.#over.signal, renew });
    return access;
  }

  /** What TLS goes by at the moment; `undefined`: plain TCP. */
  get tls(): TlsMaterial | undefined {
    return this.#tls;
  }

  /** Calls `listener` whenever what TLS goes by has changed, until what is returned is called. */
  onRenewal(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Looks no more. */
  close(): void {
    this.#over.abort(OVER);
  }
}
