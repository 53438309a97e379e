/** Addresses that sinks write to: their form, and that no secret goes there in the clear unsaid. */

import { isLoopback } from "../../core/address.ts";
import type { AddressForm } from "../../edge/sink/added/kinds.ts";
import type { SinkOptions } from "../../edge/sink/added/options.ts";
import type { Configured } from "./configure.ts";
import { quote } from "./problems.ts";

/** Schemes of which nothing is encrypted. */
const IN_THE_CLEAR = new Set(["mqtt:", "http:", "nats:"]);

/** Adds a problem where an address has not the form of its kind, and a note where a secret would be heard. */
export function checkAddress(
  { problems, notes }: Configured,
  { where: text = "", name, own = {} }: SinkOptions,
  at: { readonly where: string; readonly subject?: string },
  { schemes, example, notInPath }: AddressForm,
): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !schemes.includes(url.protocol.slice(0, -1)) || url.hostname === "") {
    problems.add({ ...at, found: quote(text), wanted: `an address such as ${quote(example)}` });
    return;
  }
  const path = url.pathname + url.search + url.hash;
  if (notInPath?.test(path)) {
    const found = `${quote(text)} with ${quote(path)}`;
    problems.add({
      ...at,
      found,
      wanted: `a path without wildcards and spaces, such as ${quote(example)}`,
    });
  }
  const isSecret = url.password !== "" ||
    Object.values(own).some((options: object) =>
      ["password", "token", "credentials"].some((key) => Reflect.get(options, key) !== undefined)
    );
  const isNear = isLoopback(url.hostname.replace(/^\[|\]$/g, ""));
  if (!isSecret || isNear || !IN_THE_CLEAR.has(url.protocol)) return;
  notes.push({
    level: "warning",
    text: `the sink ${name} sends its password or token to ${url.host} in the clear; with ` +
      `${schemes.at(-1)}:// nobody on the way reads it`,
  });
}
