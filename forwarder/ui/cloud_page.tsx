/** The cloud page: one view over a forwarder's servers and the edges that talk to it. It changes nothing. */

import { formatAddress, type ListenAddress } from "../../core/address.ts";
import { logger } from "../../core/log.ts";
import type { TlsFiles } from "../../core/tls_files.ts";
import project from "../../deno.json" with { type: "json" };
import { refuse } from "../../web/answers.ts";
import { openUiPort, type UiPort } from "../../web/ui/port.ts";
import { Shell, type UiContext } from "../../web/ui/shell.tsx";
import { EdgePage } from "./edge_page.tsx";
import { edgeQueryOf } from "./edge_list.ts";
import { Live } from "./live.ts";
import { Overview } from "./overview.tsx";
import { ServerPage } from "./server_page.tsx";
import { type CloudView, type ViewParts, Views } from "./view.ts";
import { time } from "./words.ts";

const log = logger("forwarder");

/** Characters of an address whose page goes on. */
const ADDRESS_MAX = 512;

/** What the page is opened with. */
export interface CloudPageOptions {
  /** Where it is served. */
  readonly listen: ListenAddress;
  /** What opens it; absent: whoever reaches it may see it. */
  readonly password?: string | undefined;
  /** As those of the forwarder's port. */
  readonly tls: TlsFiles | undefined;
}

/** What it shows, and what it says of the forwarder. */
export interface CloudPageParts extends ViewParts {
  /** Where the forwarder listens. */
  readonly address: ListenAddress;
  /** What servers are picked by, at the moment. */
  readonly policy: () => string;
}

/** What a page shows: its title, and what of it goes on. */
interface Shown {
  readonly title: string;
  readonly write: () => string;
}

/**
 * Serves the page until it is disposed of.
 *
 * @throws {SmarteyeError} when the address cannot be listened on.
 */
export async function openCloudPage(
  parts: CloudPageParts,
  { listen, password, tls }: CloudPageOptions,
): Promise<UiPort> {
  const shell = await openShell(parts, password);
  const { clock } = parts;
  return await openUiPort({ listen, tls, flag: "--ui [HOST:]PORT", shell, clock, log });
}

/** The page without its port. */
export async function openShell(parts: CloudPageParts, password?: string): Promise<Shell> {
  const { clock } = parts;
  const shell = await Shell.open({
    ...{ name: "smarteye cloud", pages: [{ path: "/", label: "Overview" }], clock, log },
    secrets: password === undefined ? [] : [password],
    // By a name of others', with a password: their pages have no session of ours.
    hosts: password === undefined ? [] : "any",
    assets: [
      new URL("./cloud.css", import.meta.url),
      new URL("./browser/cloud.js", import.meta.url),
    ],
  });
  const views = new Views(parts);
  const live = new Live(clock, shell.over);
  const { app } = shell;
  for (const path of ["/", "/servers/:name", "/edges/:name"]) {
    app.get(path, (c) => pageOf(shell, c, shownAt(addressOf(c.req.url), views), parts, views));
  }
  app.get("/live", (c) => {
    const address = c.req.query("of") ?? "";
    const shown = address.length > ADDRESS_MAX ? undefined : shownAt(address, views);
    if (!shown) return refuse("not_found", "Cannot go on with that page: there is none");
    const response = live.open(address, shown.write);
    return response ??
      refuse("overloaded", "Cannot go on: too many look at it", { retryAfterS: 5 });
  });
  app.get("/cloud.json", (c) => c.json(views.now()));
  return shell;
}

/** What there is at an address; nothing where there is no such page. */
function shownAt(address: string, views: Views): Shown | undefined {
  if (!/^\/(?!\/)/.test(address) || !URL.canParse(address, ORIGIN)) return undefined;
  const { pathname, searchParams } = new URL(address, ORIGIN);
  if (pathname === "/") {
    const query = edgeQueryOf(searchParams);
    return {
      title: "Overview",
      write: () => String(<Overview view={views.now()} query={query} />),
    };
  }
  const [, kind, encoded = ""] = /^\/(servers|edges)\/([^/]+)$/.exec(pathname) ?? [];
  const name = decoded(encoded);
  if (kind === undefined || name === undefined) return undefined;
  const gone = () =>
    String(
      <p class="quiet">
        {`${name} is known no more.`} <a href="/">To all</a>
      </p>,
    );
  if (kind === "servers") {
    const find = ({ servers }: CloudView) => servers.find((one) => one.name === name);
    return shownIf(name, views, find, (server) => String(<ServerPage server={server} />), gone);
  }
  const client = searchParams.get("client") ?? undefined;
  const named = searchParams.get("named") !== "false";
  const find = ({ edges }: CloudView) =>
    edges.find((one) => one.name === name && one.named === named && one.client === client);
  return shownIf(name, views, find, (edge) => String(<EdgePage edge={edge} />), gone);
}

/** The page of something that is known, which may be known no more while somebody looks. */
function shownIf<Thing>(
  title: string,
  views: Views,
  find: (view: CloudView) => Thing | undefined,
  write: (thing: Thing) => string,
  gone: () => string,
): Shown | undefined {
  if (!find(views.now())) return undefined;
  const found = () => find(views.now());
  return {
    title,
    write() {
      const thing = found();
      return thing ? write(thing) : gone();
    },
  };
}

function pageOf(
  shell: Shell,
  c: UiContext,
  shown: Shown | undefined,
  { address, policy }: CloudPageParts,
  views: Views,
) {
  if (!shown) {
    const children = (
      <p>
        There is no such page, or what it was about is known no more. <a href="/">To all</a>
      </p>
    );
    return shell.page(c, { title: "Nothing here", status: 404, styles: ["cloud.css"] }, children);
  }
  const { up_s } = views.now();
  return shell.page(
    c,
    { title: shown.title, scripts: ["cloud.js"], styles: ["cloud.css"] },
    <>
      {shown.title === "Overview" && <h1 class="unseen">Overview</h1>}
      <div id="live" dangerouslySetInnerHTML={{ __html: shown.write() }}></div>
      <p class="quiet foot">
        {`smarteye ${project.version} at ${formatAddress(address)}, dispatch by ${policy()}, ` +
          `up ${time(up_s)} when this was loaded.`} <a href="/cloud.json">All of it as JSON</a>
      </p>
      <p id="trouble" role="status" class="trouble"></p>
    </>,
  );
}

/** Only for parsing. */
const ORIGIN = "http://localhost";

/** Path and query of a request. */
function addressOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
