/** The way to the cloud: offloads, and what is known of who takes them. */

import type { Clock } from "../core/clock.ts";
import type { ModelProfile } from "../core/model.ts";
import { profileOf } from "../inference/repository.ts";
import type { Catalogue } from "../models/catalogue.ts";
import { ASK_MS, CloudView } from "./cloud_view.ts";
import type { Transport } from "./http_exchange.ts";
import { OffloadClient, type Offloaded, type OffloadRequest } from "./offload_client.ts";
import type { EdgeOptions } from "./options.ts";
import type { ServerReport } from "../policies/offload/policy.ts";

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
export type CloudOptions = Pick<
  EdgeOptions,
  "service" | "model" | "models" | "forwarderUrl" | "offloadsMax" | "monitorIntervalMs"
>;

/**
 * Asks the forwarder what it offers, and goes on asking. A forwarder that is not there is no error.
 *
 * @param transport how exchanges go; over HTTP, if not said.
 * @throws {SmarteyeError} `invalid_argument` when it is there and takes no frames at that path.
 */
export async function openCloudLink(
  options: CloudOptions,
  catalogue: Catalogue,
  clock: Clock,
  transport?: Transport,
): Promise<OpenedCloudLink> {
  const { offloadsMax } = options;
  const client = new OffloadClient(options.forwarderUrl, offloadsMax, clock, transport);
  const view = new CloudView(client, expectedModels(catalogue, options), options, clock);
  try {
    await Promise.all([client.assertPath(ASK_MS), view.refresh()]);
  } catch (error) {
    client.close();
    throw error;
  }
  const stop = new AbortController();
  const watching = view.watch(options.monitorIntervalMs, stop.signal);
  return {
    description: client.description,
    offloadsMax,
    get available() {
      return view.available;
    },
    get answers() {
      return view.answers;
    },
    get why() {
      return view.why;
    },
    get models() {
      return view.models;
    },
    get uplinkBytesPerSec() {
      return client.uplinkBytesPerSec;
    },
    servers: () => view.servers(),
    offload: (request) => view.follow(client.offload(request)),
    async close() {
      stop.abort();
      client.close(); // a question that is under way ends here
      await watching;
    },
  };
}

/**
 * What the cloud is reckoned to offer until it says so itself: the model that was asked for, or those
 * that this edge would use, or where it has none, any that is known.
 */
function expectedModels(catalogue: Catalogue, options: CloudOptions): ModelProfile[] {
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
