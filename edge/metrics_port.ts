/** Where an edge tells its metrics: `/metrics` for who scrapes, `/healthz` for who wants to know that it lives. */

import { formatAddress, type ListenAddress } from "../core/address.ts";
import type { Clock } from "../core/clock.ts";
import { logger } from "../core/log.ts";
import { json, refuse, wrongMethod } from "../web/answers.ts";
import { openHttpPort } from "../web/http_port.ts";
import { EdgeMetrics, type Watched } from "./metrics.ts";

const log = logger("edge");

/** Milliseconds for which an answer is given again: however often it is asked for, it costs little. */
const FRESH_MS = 100;

/** Milliseconds that an answer under way has when the edge ends. */
const GRACE_MS = 500;

/** Who asks are a few: Prometheus and its kin. */
const CONNECTIONS_MAX = 512;

/** The metrics of an edge, while they are served. */
export interface ServedMetrics extends AsyncDisposable {
  /** Where: the real port, also when any free one was asked for. */
  readonly address: ListenAddress;
}

/**
 * Serves `/metrics` and `/healthz` until it is disposed of. What is not there yet when it begins, such
 * as the node, is told from when it is.
 *
 * @throws {SmarteyeError} when the address cannot be listened on.
 */
export async function serveMetrics(
  at: ListenAddress,
  watched: Watched,
  clock: Clock,
): Promise<ServedMetrics> {
  const metrics = new EdgeMetrics(watched, clock);
  const port = await openHttpPort({
    ...{ listen: at, flag: "--metrics [HOST:]PORT", tls: undefined },
    ...{ connectionsMax: CONNECTIONS_MAX, answer: handlerOf(metrics, clock), clock, log },
  });
  log.info("metrics at {url}", { url: `http://${formatAddress(port.address)}/metrics` });
  return {
    address: port.address,
    async [Symbol.asyncDispose]() {
      await port.close(GRACE_MS);
    },
  };
}

/** Answers a request; looks at nothing of it but its method and its path. */
function handlerOf(
  metrics: EdgeMetrics,
  clock: Clock,
): (request: Request) => Promise<Response> {
  let latest: { readonly atMs: number; readonly answer: Promise<Response> } | undefined;
  const tell = async (): Promise<Response> => {
    const nowMs = clock.nowMs();
    if (!latest || nowMs - latest.atMs >= FRESH_MS) {
      latest = { atMs: nowMs, answer: metrics.answer() };
    }
    return (await latest.answer).clone();
  };
  return async ({ method, url }) => {
    const path = new URL(url).pathname;
    if (path !== "/metrics" && path !== "/healthz") {
      return refuse("not_found", "Cannot find this path: /metrics or /healthz is wanted");
    }
    if (method !== "GET" && method !== "HEAD") return wrongMethod(method, path, "GET");
    return path === "/metrics" ? await tell() : json({ status: "alive" });
  };
}
