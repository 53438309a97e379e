/** A port at which pages are served. */

import type { ListenAddress } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { TlsFiles } from "../../core/tls_files.ts";
import { openHttpPort, urlAt } from "../http_port.ts";

/** Milliseconds that an answer under way has when pages end. */
const GRACE_MS = 500;

/** Connections: a browser opens six, and each stream keeps one. */
const CONNECTIONS_MAX = 512;

/** What answers: a shell. */
export interface Answering {
  /** Answers a request; never rejects. `peer`: the other end's IP address. */
  answer(request: Request, peer: string): Promise<Response>;
  /** Ends what has no end of its own. */
  close(): void;
}

/** Where pages are served. */
export interface UiPortOptions {
  /** Where. */
  readonly listen: ListenAddress;
  /** What gives another address, for people: `--ui [HOST:]PORT`. */
  readonly flag: string;
  /** What answers. */
  readonly shell: Answering;
  /** Speaks TLS by these files; plain HTTP where absent. */
  readonly tls?: TlsFiles | undefined;
  /** Goes by it. */
  readonly clock: Clock;
  /** Is told where they are. */
  readonly log: Log;
}

/** Pages, while they are served. */
export interface UiPort extends AsyncDisposable {
  /** The real port, also when any free one was asked for. */
  readonly address: ListenAddress;
}

/**
 * Serves pages until it is disposed of.
 *
 * @throws {SmarteyeError} when the address cannot be listened on.
 */
export async function openUiPort({ shell, tls, ...options }: UiPortOptions): Promise<UiPort> {
  const port = await openHttpPort({
    ...options,
    ...{ tls, connectionsMax: CONNECTIONS_MAX, answer: shell.answer },
  });
  options.log.info("pages at {url}", { url: urlAt(port.address, "/", tls !== undefined) });
  return {
    address: port.address,
    async [Symbol.asyncDispose]() {
      shell.close();
      await port.close(GRACE_MS);
    },
  };
}
