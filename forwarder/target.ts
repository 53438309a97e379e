/** Inference servers as a user names them: where they are, and what they speak. */

import { formatAddress } from "../core/address.ts";

/** What a server speaks: ours, the Open Inference Protocol over gRPC, or the original SmartEye's. */
export type ServerProtocol = "smarteye" | "open_inference" | "msg_transfer";

/** One server at an address, or as many as a name of DNS has addresses. */
export interface Target {
  /** What is spoken there. */
  readonly protocol: ServerProtocol;
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** `undefined` where SRV records tell it. */
  readonly port: number | undefined;
  /** Whether each address of the name is a server of its own. */
  readonly isDiscovered: boolean;
}

/** The forms in which a target may be written, for people. */
export const TARGET_FORMS: string = 'host:port, such as "127.0.0.1:50051", or dns:///name:port, ' +
  "dns:///_service._tcp.name, oip://host:port, msgtransfer://host:port";

const HOST = String.raw`\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?`;

/** A name whose SRV records tell ports, too (RFC 2782): `_service._tcp.name`. */
const SERVICE = String.raw`_[A-Za-z0-9-]+\._tcp\.[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?`;

const FORMS: readonly (readonly [form: RegExp, protocol: ServerProtocol, isDiscovered: boolean])[] =
  [
    [new RegExp(`^(${HOST}):(\\d{1,5})$`), "smarteye", false],
    [new RegExp(`^dns:///(${HOST}):(\\d{1,5})$`), "smarteye", true],
    [new RegExp(`^dns:///(${SERVICE})$`), "smarteye", true],
    [new RegExp(`^oip://(${HOST}):(\\d{1,5})$`), "open_inference", false],
    [new RegExp(`^msgtransfer://(${HOST}):(\\d{1,5})$`), "msg_transfer", false],
  ];

/** Reads a target, in one of the {@link TARGET_FORMS}; `undefined` when it is in none of them. */
export function parseTarget(text: string): Target | undefined {
  for (const [form, protocol, isDiscovered] of FORMS) {
    const [, host, digits] = form.exec(text) ?? [];
    if (host === undefined) continue;
    const port = digits === undefined ? undefined : Number(digits);
    if (port !== undefined && (port < 1 || port > 65535)) return undefined;
    return { protocol, host: host.replace(/^\[|\]$/g, ""), port, isDiscovered };
  }
  return undefined;
}

/** A target's address without what is spoken there: `host:port`, or the name alone. */
export function targetAddress({ host, port }: Target): string {
  return port === undefined ? host : formatAddress({ host, port });
}
