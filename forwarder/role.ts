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
import { CurrentPicker } from "./current_picker.ts";
import { Dispatcher } from "./dispatcher.ts";
import { openFront } from "./front.ts";
import type { Metrics } from "./metrics.ts";
import type { ForwarderOptions } from "./options.ts";
import { Picker } from "./picker.ts";
import { Reloader } from "./reload.ts";
import { openServers, type ServersDeps } from "./servers.ts";
import type { GatewaySettings } from "./settings.ts";

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
  /** Where the cloud page is, if anywhere. */
  readonly ui: ListenAddress | undefined;
  /** Takes nothing new, finishes what is under way (for a bounded time), closes all channels. */
  close(): Promise<void>;
}

/** What a forwarder is started with. */
export type ForwarderDeps =
  & ServersDeps
  & Partial<
    Pick<RoleDeps<ForwarderOptions>, "drain" | "print" | "reread" | "onReload" | "announce">
  >;

/**
 * Starts a forwarder and returns when it listens and has looked at its servers once.
 *
 * @throws {SmarteyeError} `invalid_argument` when the policy, its parameters, the files of TLS or the
 * address are not usable, `already_in_use` when the port is taken, `cancelled` when it is told to drain
 * before the policy is loaded.
 */
export async function startForwarder(
  options: ForwarderOptions,
  deps: ForwarderDeps,
): Promise<RunningForwarder> {
  const { clock, print = () => {}, reread } = deps;
  await using opened = new AsyncDisposableStack();
  const servers = opened.use(await openServers(options, deps));
  const { pool, metrics, monitor, loading } = servers;
  const picker = new CurrentPicker(await pickerOf(options, metrics, deps));
  opened.defer(() => picker.close());
  const dispatcher = new Dispatcher({
    ...{ pool, picker, clock, metrics, loading, failure: options.failure },
  });
  let settings = settingsOf(options);
  const reloader = reread && new Reloader(options, {
    reread,
    onEnd: (outcome) => metrics.reloaded(outcome),
    async apply(changed) {
      const next = await pickerOf(changed, metrics, deps);
      await servers.change(changed).catch((error) => {
        next.close();
        throw error;
      });
      picker.change(next);
      settings = settingsOf(changed);
    },
  });
  const front = await openFront({
    ...{ pool, dispatcher, metrics, clock, print, settings: () => settings },
    ...(reloader ? { reload: () => reloader.reload() } : {}),
  }, options);
  opened.defer(async () => {
    const delivered = await front.close(settings.deadlineMs + DRAIN_SLACK_MS);
    if (!delivered) log.warn("stopped although requests were still under way");
  });
  const { address, operators, ui } = front;
  const url = urlAt(address, "/image_handler", options.tls !== undefined);
  await servers.start();
  if (reloader) opened.defer(reloadWhenAsked(reloader, deps));
  log.info("listening on {url}, {up} of {all} servers up", {
    url,
    up: pool.readyCount,
    all: pool.servers.length,
  });
  log.debug("a server that hangs is passed over within {ms} ms", { ms: monitor.foundWithinMs });
  const all = opened.move();
  return { url, address, operators, ui, close: () => all.disposeAsync() };
}

/** Reloads when the user asks for it, telling whoever started the program; returns what ends that. */
function reloadWhenAsked(
  reloader: Reloader,
  { onReload, announce }: Pick<ForwarderDeps, "onReload" | "announce">,
): () => void {
  const reload = () => {
    announce?.("reloading");
    // What is wrong with new settings is in the log; those from before go on.
    void reloader.reload().catch(() => {}).then(() => announce?.("ready"));
  };
  return onReload?.(reload) ?? (() => {});
}

async function pickerOf(
  options: ForwarderOptions,
  metrics: Metrics,
  { clock, rng, drain }: ForwarderDeps,
): Promise<Picker> {
  const { decisionMs } = options;
  const host = { clock, budgetMs: decisionMs, signal: drain };
  const policy = await loadDispatchPolicy(options.dispatchPolicy, host);
  try {
    const parameters = givenParameters(policy, options.policyParameters);
    return new Picker({ policy, parameters, decisionMs, rng, clock, metrics });
  } catch (error) {
    policy.close();
    throw error;
  }
}

function settingsOf(options: ForwarderOptions): GatewaySettings {
  const { limits, deadlineMs, detectionModel, dispatchPolicy, monitorIntervalMs } = options;
  const retryAfterS = Math.max(1, Math.ceil(monitorIntervalMs / 1000));
  return { limits, deadlineMs, detectionModel, dispatchPolicy, retryAfterS };
}

/** Runs a forwarder until it is told to drain. @throws {SmarteyeError} like `startForwarder`. */
export async function run(
  options: ForwarderOptions,
  deps: RoleDeps<ForwarderOptions>,
): Promise<ExitStatus> {
  const accessLog = new LineWriter(
    Deno.stdout,
    (lines) => JSON.stringify({ event: "lost", lines }), // nobody read them in time
  );
  const forwarder = await startForwarder(options, {
    ...deps,
    print: (line) => accessLog.write(redact(line)),
  });
  if (options.json) {
    const { address, operators, ui } = forwarder;
    const listen = formatAddress(address);
    const apart = {
      ...(operators ? { operators: formatAddress(operators) } : {}),
      ...(ui ? { ui: formatAddress(ui) } : {}),
    };
    deps.print(JSON.stringify({ role: "forward", listen, ...apart }));
  }
  deps.announce?.("ready");
  await drained(deps.drain);
  log.info("draining");
  await forwarder.close();
  await within(FLUSH_MS, accessLog.flush(), deps.clock);
  return 0;
}
