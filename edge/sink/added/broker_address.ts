/** The address of a broker, taken apart. */

/** Where a broker is, and who connects. */
export interface BrokerAddress {
  /** Without the colon: `mqtts`. */
  readonly scheme: string;
  /** Name or IP address; of IPv6 without brackets. */
  readonly host: string;
  /** Where it is not said, the usual one. */
  readonly port: number;
  /** Who connects; absent: nobody says. */
  readonly user?: string;
  /** The password in the address; absent: there is none. */
  readonly password?: string;
  /** The path without slashes around it; empty: none. */
  readonly path: string;
  /** For people, without the password. */
  readonly shown: string;
}

/** Takes an address apart that was checked. @param usualPort where it names none */
export function brokerAddress(text: string, usualPort: number): BrokerAddress {
  const { protocol, hostname, port, username, password, pathname } = new URL(text);
  const host = hostname.replace(/^\[|\]$/g, "");
  const path = decodeURIComponent(pathname).replace(/^\/+|\/+$/g, "");
  const at = port === "" ? usualPort : Number(port);
  return {
    ...{ scheme: protocol.slice(0, -1), host, port: at, path },
    ...(username === "" ? {} : { user: decodeURIComponent(username) }),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
    shown: `${protocol}//${hostname}:${at}${path && `/${path}`}`,
  };
}
