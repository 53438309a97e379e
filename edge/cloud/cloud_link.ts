/** The way to the cloud: offloads, and what is known of who takes them. */

import project from "../../deno.json" with { type: "json" };
import type { Clock } from "../../core/clock.ts";
import { logger } from "../../core/log.ts";
import type { ModelProfile } from "../../core/model.ts";
import { profileOf } from "../../inference/held_models.ts";
import type { Catalogue } from "../../models/catalogue.ts";
import type { EdgeTallies } from "../../proto/http_edge.ts";
import { AllowanceFile, defaultAllowanceDirectory } from "./allowance_file.ts";
import { readAuthorities } from "./authorities.ts";
import { ByteAllowance } from "./byte_allowance.ts";
import { ASK_MS, CloudView } from "./cloud_view.ts";
import { HttpTransport, type Transport } from "./http_exchange.ts";
import { MeteredTransport } from "./metered_transport.ts";
import {
  OffloadClient,
  type Offloaded,
  type OffloadRequest,
  type Retries,
} from "./offload_client.ts";
import type { EdgeOptions } from "../options.ts";
import type { ServerReport } from "../../policies/offload/policy.ts";

const log = logger("edge");

/** What runs need of the cloud. */
export interface CloudLink {
  /** Where frames go, for people; no password. */
  readonly description: string;
  /** Offloads under way at once. */
  readonly offloadsMax: number;
  /** Whether a ready server offered a model that may be used when the forwarder was last heard. */
  readonly available: boolean;
  /** Whether the forwarder answered when it was last asked. */
  readonly answers: boolean;
  /** Why the cloud is not available, as a clause; empty when it is. */
  readonly why: string;
  /** Models that the cloud offers, or last offered; until it was heard, those that it may offer. */
  readonly models: readonly ModelProfile[];
  /** Bytes a second that the uplink carries while frames are sent; `undefined` when not known of late. */
  readonly uplinkBytesPerSec: number | undefined;
  /** Least time of the latest questions to the forwarder, there and back; `undefined` before one. */
  readonly roundTripMs: number | undefined;
  /** Frames that were sent once more, and that were not for want of a budget, up to now. */
  readonly retries: Retries;
  /** Bytes both ways of the allowance that are used in this period, by all who share it; 0 without one. */
  readonly usedBytes: number;
  /** Bytes both ways that may be used in this period; 0 when as many as it takes. */
  readonly allowanceBytes: number;
  /** The inference servers, as they were last told of. */
  servers(): readonly ServerReport[];
  /** Has one frame inferred. @throws {OffloadError} when there is no usable answer in time. */
  offload(request: OffloadRequest): Promise<Offloaded>;
}

/** A link to the cloud as it was opened. */
export interface OpenedCloudLink extends CloudLink {
  /** Asks the forwarder no more and closes the connections. */
  close(): Promise<void>;
}

/** The options that the link depends on. */
export type CloudOptions =
  & Pick<
    EdgeOptions,
    "service" | "model" | "models" | "forwarderUrl" | "offloadsMax" | "monitorIntervalMs"
  >
  & Pick<EdgeOptions, "forwarderToken" | "forwarderAuthorities" | "forwarderVia" | "allowance">
  & Pick<EdgeOptions, "edgeName">
  & {
    /** What became of the frames of all runs, for whoever runs the forwarder. */
    readonly frames?: () => EdgeTallies;
  };

/** What the edge itself knows of models. */
export type KnownModels = Pick<Catalogue, "list" | "select">;

/**
 * Asks the forwarder what it offers, and goes on asking. A forwarder that is not there is no error.
 *
 * @param transport how exchanges go; over HTTP, if not said.
 * @param allowanceDirectory where it is kept how much of the byte allowance is used.
 * @throws {SmarteyeError} `invalid_argument` when it is there and takes no frames at that path, or the
 * authorities to be trusted cannot be read.
 */
export async function openCloudLink(
  options: CloudOptions,
  catalogue: KnownModels,
  clock: Clock,
  transport?: Transport,
  allowanceDirectory?: string,
): Promise<OpenedCloudLink> {
  const { offloadsMax, forwarderVia } = options;
  const way = await openTransport(options, clock, transport);
  const allowance = openAllowance(options, clock, allowanceDirectory);
  const client = clientOver(way, allowance, options, clock);
  const view = new CloudView(client, expectedModels(catalogue, options), options, clock);
  try {
    await Promise.all([client.assertPath(ASK_MS), view.refresh()]);
  } catch (error) {
    client.close();
    await allowance?.close();
    throw error;
  }
  const stop = new AbortController();
  const watching = view.watch(options.monitorIntervalMs, stop.signal);
  return {
    description: [client.description, forwarderVia?.description].filter(Boolean).join(" "),
    offloadsMax,
    get available() {
      return view.available && !allowance?.why;
    },
    get answers() {
      return view.answers;
    },
    get why() {
      return allowance?.why || view.why;
    },
    get models() {
      return view.models;
    },
    get uplinkBytesPerSec() {
      return client.uplinkBytesPerSec;
    },
    get roundTripMs() {
      return view.roundTripMs;
    },
    get retries() {
      return client.retries;
    },
    get usedBytes() {
      return allowance?.usedBytes ?? 0;
    },
    get allowanceBytes() {
      return allowance?.bytesMax ?? 0;
    },
    servers: () => view.servers(),
    offload: (request) => view.follow(client.offload(request)),
    async close() {
      stop.abort();
      client.close(); // a question that is under way ends here
      await watching;
      tellEnd(client.retries, allowance);
      await allowance?.close();
    },
  };
}

/** What speaks to the forwarder: within the allowance, if there is one. */
function clientOver(
  way: Transport,
  allowance: ByteAllowance | undefined,
  { forwarderUrl, forwarderToken, offloadsMax, frames }: CloudOptions,
  clock: Clock,
): OffloadClient {
  const metered = allowance
    ? new MeteredTransport(way, allowance, forwarderToken?.length ?? 0)
    : way;
  return new OffloadClient(forwarderUrl, offloadsMax, clock, metered, forwarderToken, frames);
}

/** Exchanges over HTTP, unless another way is given, with what makes this edge known. */
async function openTransport(
  { edgeName, ...options }: CloudOptions,
  clock: Clock,
  transport: Transport | undefined,
): Promise<Transport> {
  if (transport) return transport;
  const { forwarderUrl, forwarderToken, forwarderAuthorities, forwarderVia, offloadsMax } = options;
  const { protocol } = new URL(forwarderUrl);
  const authorities = forwarderAuthorities === undefined
    ? []
    : await readAuthorities(forwarderAuthorities);
  const access = {
    edge: edgeName === undefined ? undefined : { name: edgeName, version: project.version },
    ...{ token: forwarderToken, authorities, via: forwarderVia?.address },
  };
  return new HttpTransport(protocol, offloadsMax, clock, access);
}

function openAllowance(
  { allowance, forwarderUrl }: CloudOptions,
  clock: Clock,
  directory = defaultAllowanceDirectory(),
): ByteAllowance | undefined {
  if (!allowance) return undefined;
  const file = new AllowanceFile(directory, new URL(forwarderUrl).origin);
  return new ByteAllowance(allowance, file, clock, {
    usedUp: (why) => log.warn("nothing goes to the cloud: {why}", { why }),
  });
}

/** Says what nobody has been told of yet. */
function tellEnd({ denied }: Retries, allowance: ByteAllowance | undefined): void {
  if (denied > 0) {
    log.info("{denied} frames were not sent once more: too many others were", { denied });
  }
  if (!allowance) return;
  const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1);
  log.info("{used} of {all} MB of the byte allowance are used", {
    used: megabytes(allowance.usedBytes),
    all: megabytes(allowance.bytesMax),
  });
}

/**
 * What the cloud is reckoned to offer until it says so itself: the model that was asked for, or those
 * that this edge would use, or where it has none, any that is known.
 */
function expectedModels(catalogue: KnownModels, options: CloudOptions): ModelProfile[] {
  const { service, model, models } = options;
  const known = catalogue.list(service);
  const { chosen } = catalogue.select(models[service], service);
  const expected = model !== undefined
    ? known.filter(({ manifest }) => manifest.name === model)
    : chosen.length > 0
    ? chosen
    : known;
  return expected.map((entry) => profileOf(entry, undefined));
}
