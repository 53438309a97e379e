/** `smarteye forward`: the cloud's gateway, from its options to its end. */

import { LineWriter } from "../core/line_writer.ts";
import { logger } from "../core/log.ts";
import { redact } from "../core/redact.ts";
import { drained, type ExitStatus, type RoleDeps } from "../core/role.ts";
import { within } from "../core/within.ts";
import { formatAddress, type ListenAddress } from "../core/address.ts";
import { givenParameters } from "../policies/given_parameters.ts";
import { loadDispatchPolicy } from "../policies/registry.ts";
import { urlAt } from "../web/http_port.ts";
import { connect } from "./backends/connect.ts";
import { Dispatcher } from "./dispatcher.ts";
import { openFront } from "./front.ts";
import { Metrics } from "./metrics.ts";
import { Monitor } from "./monitor.ts";
import type { ForwarderOptions } from "./options.ts";
import { Picker } from "./picker.ts";
import { PictureWorkers } from "./pictures/picture_workers.ts";
import type { ServerState } from "./server.ts";
import { ServerAccess } from "./server_access.ts";
import { ServerPool } from "./server_pool.ts";

const log = logger("forwarder");

/** Milliseconds beyond the deadline of the last request that draining waits for its answer. */
const DRAIN_SLACK_MS = 1000;

/** Milliseconds that the access log may take to be written at the end. */
const FLUSH_MS = 1000;

/** A forwarder that takes requests. */
export interface RunningForwarder {
  /** Where frames are sent to. */
  readonly url: string;
  /** Where it listens: the real port, also when any free one was asked for. */
  readonly address: ListenAddress;
  /** Where its operators ask, if not there too. */
  readonly operators: ListenAddress | undefined;
  /** Takes nothing new, finishes what is under way (for a bounded time), closes all channels. */
  close(): Promise<void>;
}

/**
 * Starts a forwarder and returns when it listens and has looked at its servers once.
 *
 * @throws {SmarteyeError} `invalid_argument` when the policy, its parameters, the files of TLS or the
 * address are not usable, `already_in_use` when the port is taken, `cancelled` when it is told to drain
 * before the policy is loaded.
 */
export async function startForwarder(
  options: ForwarderOptions,
  { clock, rng, drain, print = () => {} }:
    & Pick<RoleDeps, "clock" | "rng">
    & Partial<Pick<RoleDeps, "drain" | "print">>,
): Promise<RunningForwarder> {
  const { limits, deadlineMs, decisionMs, monitorIntervalMs, detectionModel, failure } = options;
  const host = { clock, budgetMs: decisionMs, signal: drain };
  const policy = await loadDispatchPolicy(options.dispatchPolicy, host);
  await using opened = new AsyncDisposableStack();
  opened.defer(() => policy.close());
  const parameters = givenParameters(policy, options.policyParameters);
  const { serverTls: files, serverToken: token } = options;
  const access = await ServerAccess.open({ files, token, clock });
  opened.defer(() => access.close());
  const { models, ...known } = options.others;
  const pictures = new PictureWorkers({ ...known, pixelsMax: limits.pixelsMax, clock });
  opened.defer(() => pictures.close());
  const ways = { imageBytesMax: limits.bodyBytesMax, access, pictures, models, clock };
  const pool: ServerPool = new ServerPool({
    connect: (name, heard) => connect(name, ways, heard),
    clock,
    rng,
    ...failure,
    onState(server, state) {
      logState(server, state);
      // With nobody left, waiting for the next look would turn one failure into an outage.
      if (state.kind === "down" && pool.readyCount === 0) monitor.lookNow();
    },
  });
  opened.defer(() => pool.close());
  for (const name of options.servers) pool.add(name);
  const monitor = new Monitor(pool, monitorIntervalMs, clock);
  const metrics = new Metrics(pool);
  const picker = new Picker({ policy, parameters, decisionMs, rng, clock, metrics });
  const settings = {
    ...{ limits, deadlineMs, detectionModel },
    retryAfterS: Math.max(1, Math.ceil(monitorIntervalMs / 1000)),
  };
  const dispatcher = new Dispatcher({ pool, picker, clock, metrics, failure });
  const front = await openFront(
    { pool, dispatcher, metrics, clock, settings: () => settings, print },
    options,
  );
  opened.move(); // from here on they are closed with the forwarder
  const { address } = front;
  const url = urlAt(address, "/image_handler", options.tls !== undefined);
  await monitor.start();
  log.info("listening on {url}, {up} of {all} servers up", {
    url,
    up: pool.readyCount,
    all: pool.servers.length,
  });
  log.debug("a server that hangs is passed over within {ms} ms", { ms: monitor.foundWithinMs });
  return {
    url,
    address,
    operators: front.operators,
    async close() {
      const delivered = await front.close(deadlineMs + DRAIN_SLACK_MS);
      if (!delivered) log.warn("stopped although requests were still under way");
      await monitor.close();
      pool.close();
      pictures.close();
      access.close();
      picker.close();
    },
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

/** Runs a forwarder until it is told to drain. @throws {SmarteyeError} like `startForwarder`. */
export async function run(options: ForwarderOptions, deps: RoleDeps): Promise<ExitStatus> {
  const accessLog = new LineWriter(
    Deno.stdout,
    (lines) => JSON.stringify({ event: "lost", lines }), // nobody read them in time
  );
  const forwarder = await startForwarder(options, {
    ...deps,
    print: (line) => accessLog.write(redact(line)),
  });
  if (options.json) {
    const { address, operators } = forwarder;
    const listen = formatAddress(address);
    const apart = operators ? { operators: formatAddress(operators) } : {};
    deps.print(JSON.stringify({ role: "forward", listen, ...apart }));
  }
  await drained(deps.drain);
  log.info("draining");
  await forwarder.close();
  await within(FLUSH_MS, accessLog.flush(), deps.clock);
  return 0;
}
