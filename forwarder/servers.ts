/** The forwarder's servers: those that are named or found, the ways to them, and the looks at them. */

import { logger } from "../core/log.ts";
import type { RoleDeps } from "../core/role.ts";
import { connect } from "./backends/connect.ts";
import { type Lookup, systemLookup } from "./discovery.ts";
import { Membership } from "./membership.ts";
import { Metrics } from "./metrics.ts";
import { ModelLoading } from "./model_loading.ts";
import { Monitor } from "./monitor.ts";
import type { ForwarderOptions } from "./options.ts";
import { PictureWorkers } from "./pictures/picture_workers.ts";
import type { ServerState } from "./server.ts";
import { ServerAccess } from "./server_access.ts";
import { ServerPool } from "./server_pool.ts";

const log = logger("forwarder");

/** Milliseconds beyond its deadline that a request may take to be given back. */
const GRACE_SLACK_MS = 1000;

/** What servers are opened with. */
export interface ServersDeps extends Pick<RoleDeps, "clock" | "rng"> {
  /** Asks for addresses in place of the system's name servers. */
  readonly lookup?: Lookup;
}

/** Servers, and who looks after them. */
export interface Servers extends AsyncDisposable {
  /** Holds them. */
  readonly pool: ServerPool;
  /** What is counted of them, and of all else. */
  readonly metrics: Metrics;
  /** Looks at them. */
  readonly monitor: Monitor;
  /** Has models loaded that no server has. */
  readonly loading: ModelLoading;
  /** Finds the servers, and looks at all of them once. */
  start(): Promise<void>;
  /** Goes by other options from now on. @throws {SmarteyeError} when they cannot be; nothing has changed then. */
  change(options: ForwarderOptions): Promise<void>;
}

/**
 * Makes the ways to servers; calls nobody yet.
 *
 * @throws {SmarteyeError} `invalid_argument` when the files of TLS are not usable.
 */
export async function openServers(
  options: ForwarderOptions,
  { clock, rng, lookup }: ServersDeps,
): Promise<Servers> {
  let current = options;
  const { serverTls: files, serverToken: token, limits } = options;
  const { models, ...known } = options.others;
  await using opened = new AsyncDisposableStack();
  const access = await ServerAccess.open({ files, token, clock });
  opened.defer(() => access.close());
  const pictures = new PictureWorkers({ ...known, pixelsMax: limits.pixelsMax, clock });
  opened.defer(() => pictures.close());
  const ways = { imageBytesMax: limits.bodyBytesMax, access, pictures, models, clock };
  const pool: ServerPool = new ServerPool({
    connect: (name, about) => connect(name, ways, about),
    clock,
    rng,
    ...options.failure,
    onState(server, state) {
      logState(server, state);
      if (state.kind !== "down") return;
      // With nobody left, waiting for the next look would turn one failure into an outage.
      if (pool.readyCount === 0) monitor.lookNow();
    },
  });
  opened.defer(() => pool.close());
  const metrics = new Metrics(pool);
  const monitor = new Monitor(pool, options.monitorIntervalMs, clock);
  opened.defer(() => monitor.close());
  const loading = new ModelLoading({
    ...{ pool, clock, isOn: () => current.loadModels },
    look: (server) => monitor.look(server),
    onLoad: (server, outcome) => metrics.modelLoaded(server, outcome),
  });
  opened.defer(() => loading.close());
  const membership = new Membership({
    ...{ pool, clock, metrics },
    lookup: () => lookup ?? systemLookup(current.nameServer),
    graceMs: () => current.deadlineMs + GRACE_SLACK_MS,
    onAdded: () => monitor.lookNow(),
  });
  opened.defer(() => membership.close());
  const all = opened.move();
  return {
    ...{ pool, metrics, monitor, loading },
    async start() {
      await membership.set(current.servers);
      await monitor.start();
    },
    async change(changed) {
      const before = current;
      current = changed;
      try {
        await membership.set(changed.servers);
        monitor.intervalMs = changed.monitorIntervalMs;
      } catch (error) {
        current = before;
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function logState(server: string, state: ServerState): void {
  switch (state.kind) {
    case "ready":
      return log.info("{server} is up", { server });
    case "draining":
      return log.info("{server} is draining", { server });
    case "down":
      return log.warn("{server} is down: {why}", { server, why: state.why });
    default:
      return state satisfies never;
  }
}
