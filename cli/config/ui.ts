/** The pages of an edge: where they are, and who may see them. */

import { resolve as absolute } from "node:path";
import type { UiOptions } from "../../edge/ui/options.ts";
import type { Configured } from "./configure.ts";
import type { NamedSection } from "./key.ts";
import { checkPageAccess } from "./page_access.ts";
import { checkIsFile } from "./paths.ts";
import { sourceSections, valueFor } from "./sources.ts";
import type { Surroundings } from "./surroundings.ts";
import { servedTls } from "./transport.ts";

/** How pages are served, if they are. Adds to the problems what is wrong with that. */
export function resolveUi(
  configured: Configured,
  around: Surroundings,
  sources: readonly { readonly name: string }[],
): { readonly ui?: UiOptions } {
  const { settings: { ui, filter }, origin, file } = configured;
  const { listen, password, password_file, token } = ui;
  if (password_file !== undefined) {
    checkIsFile(configured, around, origin(["ui", "password_file"]), password_file);
  }
  const tls = servedTls(configured, around, "ui");
  if (listen === undefined) return {};
  const secrets = [password, token].filter((one) => one !== undefined);
  checkPageAccess(configured, ["ui", "listen"], {
    listen,
    hasSecret: secrets.length > 0 || password_file !== undefined,
    isSafeOnTheWay: tls !== undefined || ui.allow_plain_tokens,
    secrets: "[ui] password, password_file or token",
  });
  const sections = new Map(
    sourceSections(configured).map(({ section }) => [section.slice("source:".length), section]),
  );
  const gateOf = (section: NamedSection | undefined) => ({
    refreshMs: 1000 * filter.refresh_s,
    mask: valueFor(configured, section, "mask") ?? [],
    sensitivity: filter.sensitivity,
  });
  return {
    ui: {
      ...{ listen, secrets, hosts: ui.hosts ?? [] },
      ...(password_file === undefined
        ? {}
        : { passwordFile: absolute(around.directory, password_file) }),
      ...(tls ? { tls } : {}),
      ...{ fpsMax: ui.fps, heightMax: ui.height, viewersMax: ui.viewers },
      ...(file === undefined ? {} : { configFile: absolute(around.directory, file) }),
      gates: Object.fromEntries(sources.map(({ name }) => [name, gateOf(sections.get(name))])),
    },
  };
}
