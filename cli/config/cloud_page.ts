/** The cloud page of a forwarder: where it is, and who may see it. */

import type { ForwarderOptions } from "../../forwarder/options.ts";
import type { Configured } from "./configure.ts";
import { checkPageAccess } from "./page_access.ts";

/** How the page is served, if it is. Adds to the problems what is wrong with that. */
export function resolveCloudPage(configured: Configured): Pick<ForwarderOptions, "ui"> {
  const { ui_listen: listen, ui_password: password, tls_cert, allow_plain_tokens } =
    configured.settings.forwarder;
  if (!listen) return {};
  checkPageAccess(configured, ["forwarder", "ui_listen"], {
    listen,
    hasSecret: password !== undefined,
    isSafeOnTheWay: tls_cert !== undefined || allow_plain_tokens,
    secrets: "[forwarder] ui_password (SMARTEYE_FORWARDER_UI_PASSWORD)",
  });
  return { ui: { listen, ...(password === undefined ? {} : { password }) } };
}
