/** Where an edge shows itself to people: pages on which its pictures move, and where it can be changed. */

import type { ListenAddress } from "../core/address.ts";
import { isLoopback } from "../core/address.ts";
import { type Clock, every, OVER } from "../core/clock.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import { openUiPort } from "../web/ui/port.ts";
import { Shell } from "../web/ui/shell.tsx";
import type { EdgeOptions, SourceOptions } from "./options.ts";
import type { EdgeNode } from "./node.ts";
import { addRoutes } from "./ui/app.tsx";
import { Controls } from "./ui/controls.ts";
import { LiveSource } from "./ui/live_source.ts";
import type { UiOptions } from "./ui/options.ts";
import { ZoneEdits } from "./ui/zone_edits.ts";

const log = logger("edge");

/** Milliseconds between two looks at the numbers, which are then told. */
const TICK_MS = 500;

/** Characters that a password has, at least. */
const PASSWORD_MIN = 8;

/** Files of the pages, all of which a build takes along. */
const ASSETS: readonly URL[] = [
  new URL("./ui/live.css", import.meta.url),
  new URL("./ui/browser/draw.js", import.meta.url),
  new URL("./ui/browser/overview.js", import.meta.url),
  new URL("./ui/browser/page.js", import.meta.url),
  new URL("./ui/browser/seen.js", import.meta.url),
  new URL("./ui/browser/source.js", import.meta.url),
  new URL("./ui/browser/stream.js", import.meta.url),
  new URL("./ui/browser/texts.js", import.meta.url),
  new URL("./ui/browser/zone_editor.js", import.meta.url),
  new URL("./ui/browser/zone_list.js", import.meta.url),
];

/** The pages of an edge, while they are served. */
export interface ServedUi extends AsyncDisposable {
  /** Where: the real port, also when any free one was asked for. */
  readonly address: ListenAddress;
  /** A source that is shown from now on; its directory is the one that was taken. */
  add(options: SourceOptions): LiveSource;
}

/**
 * Serves the pages of an edge until they are disposed of.
 *
 * @param node what the runs share; `undefined` before it is open.
 * @throws {SmarteyeError} when the address cannot be listened on, or a file of the password or of TLS not
 * be used.
 */
export async function serveUi(
  options: UiOptions,
  edge: EdgeOptions,
  node: () => EdgeNode | undefined,
  clock: Clock,
): Promise<ServedUi> {
  await using opened = new AsyncDisposableStack();
  const secrets = [...options.secrets, ...await passwordIn(options.passwordFile)];
  const isFar = !isLoopback(options.listen.host);
  const shell = await Shell.open({
    name: "smarteye edge",
    pages: [{ path: "/", label: "Live" }, { path: "/seen", label: "Seen" }],
    ...{ secrets, assets: ASSETS, clock, log },
    hosts: isFar && options.hosts.length === 0 ? "any" : options.hosts,
  });
  const over = new AbortController();
  opened.defer(() => over.abort(OVER));
  const sources: LiveSource[] = [];
  const controls = opened.use(
    new Controls({ options: edge, gates: options.gates, node, signal: over.signal, clock }),
  );
  const zones = new ZoneEdits(sources, options.configFile);
  const tell = addRoutes({ shell, sources, node, controls, zones, options, clock });
  const port = opened.use(
    await openUiPort({
      ...{ listen: options.listen, flag: "--ui [HOST:]PORT", tls: options.tls },
      ...{ shell, clock, log },
    }),
  );
  void every(clock, TICK_MS, () => {
    for (const source of sources) source.sample();
    tell();
  }, over.signal);
  const parts = opened.move();
  return {
    address: port.address,
    add(source) {
      const live = new LiveSource(source, options, clock);
      sources.push(live);
      return live;
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** The password in a file, without the end of its line. */
async function passwordIn(path: string | undefined): Promise<readonly string[]> {
  if (path === undefined) return [];
  const text = await Deno.readTextFile(path).catch((cause) => {
    const detail = `Cannot read the file with the password "${path}": ${messageOf(cause)}`;
    throw new SmarteyeError("invalid_argument", detail, { cause });
  });
  const password = text.replace(/\r?\n$/, "");
  if (password.length >= PASSWORD_MIN && !password.includes("\n")) return [password];
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot take the password in "${path}": one line of ${PASSWORD_MIN} characters or more is wanted`,
  );
}
