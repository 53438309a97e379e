/** A cloud behind a shaped link: to try what an edge does on a slow, a cut and a dead one. */

import { formatAddress } from "../../core/address.ts";
import { type Clock, systemClock } from "../../core/clock.ts";
import { logger } from "../../core/log.ts";
import { Edges } from "../../forwarder/edges/edges.ts";
import { gateway } from "../../forwarder/gateway.ts";
import { ShapedLink, type ShapedLinkOptions } from "../../lab/network/shaped_link.ts";
import { openHttpPort } from "../../web/http_port.ts";
import { Clients } from "../../forwarder/clients/clients.ts";
import type { FakeBackend } from "./backend.ts";
import { OPTIONS } from "./forwarder_world.ts";
import { FakePool } from "./pool.ts";

/** What the link is like: alike both ways, or each way by itself. */
export type Shapes = Pick<ShapedLinkOptions, "up" | "down"> | ShapedLinkOptions["up"];

/** A forwarder's URL that leads over a link. */
export interface BehindLink extends AsyncDisposable {
  /** Where frames go: the near end of the link. */
  readonly url: string;
  /** To reshape, cut, mend and reset. */
  readonly link: ShapedLink;
}

/** A real gateway with one server. */
export interface CloudBehindLink extends BehindLink {
  /** The server, with the model `m`: how it answers, and when, is up to its script. */
  readonly backend: FakeBackend;
}

/** Puts a link before whatever listens at `url`, such as a `FakeForwarder`. Closes only the link. */
export async function behindLink(
  url: string,
  shapes: Shapes,
  clock: Clock = systemClock,
): Promise<BehindLink> {
  const ways = "up" in shapes ? shapes : { up: shapes, down: shapes };
  const link = await ShapedLink.open({ target: new URL(url).host, ...ways, clock });
  const near = new URL(url);
  near.port = String(link.address.port);
  return { url: near.href, link, [Symbol.asyncDispose]: () => link.close() };
}

/** Starts a gateway and its server, by the machine's clock, and puts a link before them. */
export async function cloudBehindLink(shapes: Shapes): Promise<CloudBehindLink> {
  const clock = systemClock;
  const fakes = new FakePool(1, undefined, undefined, clock);
  const { pool, metrics, dispatcher, backends: [backend] } = fakes;
  await fakes.look();
  const { limits, deadlineMs, listen: anyPort } = OPTIONS;
  const { side } = gateway({
    ...{ pool, metrics, dispatcher, clock, clients: Clients.open(clock) },
    edges: new Edges({ clock, metrics, hasTokens: false }),
    settings: () => ({ limits, deadlineMs, retryAfterS: 1 }),
    draining: () => false,
    ...{ onEnd() {}, onFault() {} },
  });
  const server = await openHttpPort({
    ...{ listen: anyPort, tls: undefined, connectionsMax: 100, clock, log: logger("test") },
    answer: side("both"),
  });
  const url = `http://${formatAddress(server.address)}/image_handler`;
  const { url: near, link } = await behindLink(url, shapes, clock);
  return {
    ...{ url: near, link, backend: backend! },
    async [Symbol.asyncDispose]() {
      await link.close(); // first: what is on its way would be waited for
      await server.close(deadlineMs);
      pool.close();
    },
  };
}
