/** TLS towards a forwarder: whom it trusts, what it costs on the wire, and what is wrong with a certificate. */

import https from "node:https";
import { connect, isIP, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as secureConnect, type ConnectionOptions, type SecureContext } from "node:tls";
import type { ListenAddress } from "../../core/address.ts";
import { messageOf } from "../../core/errors.ts";
import { trusting } from "./authorities.ts";

/** Bytes that a connection has carried under its TLS, once it stands. */
export interface Carried {
  /** From here, those of the handshake among them. */
  readonly up: number;
  /** To here. */
  readonly down: number;
}

/** TCP under TLS. */
interface Under {
  readonly raw: Socket;
  isConnected: boolean;
  isSecure: boolean;
}

/** Of connections that are in use. */
const UNDER = new WeakMap<Socket, Under>();

/** What a TLS connection of a {@link TlsAgent} has carried, and whether it stands; `undefined` of any other. */
export function carriedUnder(
  socket: Socket,
): Carried & { readonly isSecure: boolean } | undefined {
  const under = UNDER.get(socket);
  if (!under) return undefined;
  const { raw, isConnected, isSecure } = under;
  // Nothing that is written before it is connected is on the wire.
  return isConnected
    ? { up: raw.bytesWritten, down: raw.bytesRead, isSecure }
    : { up: 0, down: 0, isSecure };
}

/**
 * Connections over TLS, kept open, whose bytes are counted below it: a TLS socket itself counts what was
 * given to it. Names and times in certificates are checked.
 */
export class TlsAgent extends https.Agent {
  readonly #trust: SecureContext | undefined;

  /**
   * Connects when asked.
   *
   * @param socketsMax connections at once.
   * @param authorities certificates (PEM) that are trusted beside those that everybody trusts.
   * @param via where they are opened, whoever is asked: whose certificate is checked stays the same.
   */
  constructor(
    socketsMax: number,
    authorities: readonly string[],
    private readonly via?: ListenAddress,
  ) {
    super({ keepAlive: true, maxSockets: socketsMax });
    if (authorities.length > 0) this.#trust = trusting(authorities);
  }

  /** Opens one: for the agent itself. */
  override createConnection({ host, port, servername }: ConnectionOptions): Socket {
    const name = host ?? "localhost";
    const raw = connect(this.via ?? { host: name, port: Number(port) });
    raw.setNoDelay(true);
    const secure = secureConnect({
      host: name,
      servername: servername || (isIP(name) ? "" : name),
      socket: through(raw),
      ...(this.#trust ? { secureContext: this.#trust } : {}),
    });
    const under: Under = { raw, isConnected: false, isSecure: false };
    UNDER.set(secure, under);
    raw.once("connect", () => under.isConnected = true);
    secure.once("secureConnect", () => under.isSecure = true);
    raw.on("error", (error) => secure.destroy(error));
    raw.once("close", () => secure.destroy());
    secure.once("close", () => raw.destroy());
    return secure;
  }
}

/** The socket as a stream: TLS takes the place of a socket's own end, and nothing could be counted there. */
function through(raw: Socket): Duplex {
  const stream = new Duplex({
    read: () => void raw.resume(),
    write: (chunk, _, done) => void raw.write(chunk, done),
    final: (done) => void raw.end(done),
    destroy: (error, done) => {
      raw.destroy();
      done(error);
    },
  });
  raw.on("data", (chunk) => {
    if (!stream.push(chunk)) raw.pause();
  });
  raw.once("end", () => stream.push(null));
  return stream;
}

/** What OpenSSL, and Node, call what is wrong with a certificate. */
const WRONG: readonly (readonly [code: RegExp, found: string])[] = [
  [/^CERT_HAS_EXPIRED$/, "its certificate has expired"],
  [/^CERT_NOT_YET_VALID$/, "its certificate is not valid yet, by the clock of this machine"],
  [
    /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT)$/,
    "its certificate is of no authority that is trusted here ([flask-url] ca_file names further ones)",
  ],
];

/** Why a connection failed, as a clause: of certificates, what is wrong and what may help. */
export function connectionTrouble(error: unknown): string {
  const { code, cert } = error as {
    readonly code?: unknown;
    readonly cert?: { readonly subjectaltname?: string };
  };
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const names = cert?.subjectaltname?.replaceAll(/DNS:|IP Address:/g, "");
    return `its certificate is for another name${names ? `, ${names}` : ""}`;
  }
  const known = WRONG.find(([wrong]) => typeof code === "string" && wrong.test(code));
  return known?.[1] ?? messageOf(error);
}
