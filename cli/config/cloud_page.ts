/** The cloud page of a forwarder: where it is, and who may see it. */

import { formatAddress, isLoopback, type ListenAddress } from "../../core/address.ts";
import type { ForwarderOptions } from "../../forwarder/options.ts";
import type { Configured } from "./configure.ts";
import { quote } from "./problems.ts";

/** How the page is served, if it is. Adds to the problems what is wrong with that. */
export function resolveCloudPage(configured: Configured): Pick<ForwarderOptions, "ui"> {
  const { ui_listen: listen, ui_password: password } = configured.settings.forwarder;
  if (!listen) return {};
  checkOpen(configured, listen);
  return { ui: { listen, ...(password === undefined ? {} : { password }) } };
}

/** Adds a problem where strangers could look at the cloud page, or read its password on the way. */
function checkOpen(
  { settings, problems, origin }: Configured,
  listen: ListenAddress,
): void {
  if (isLoopback(listen.host)) return;
  const { ui_password, tls_cert, allow_plain_tokens } = settings.forwarder;
  const found = ui_password === undefined
    ? "which others reach, and no password"
    : tls_cert === undefined && !allow_plain_tokens
    ? "to which people would send the password in the clear"
    : undefined;
  if (found === undefined) return;
  problems.add({
    where: origin(["forwarder", "ui_listen"]),
    subject: "[forwarder] ui_listen",
    found: `${quote(formatAddress(listen))}, ${found}`,
    wanted: ui_password === undefined
      ? "[forwarder] ui_password (SMARTEYE_FORWARDER_UI_PASSWORD), or a port of this machine alone"
      : "TLS, [forwarder] tls_cert and tls_key (or allow_plain_tokens = true)",
  });
}
