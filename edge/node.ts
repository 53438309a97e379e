/** What the runs of one machine share: inference here, the way to the cloud, what is known of both. */

import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import { Catalogue, labelsOf } from "../models/catalogue.ts";
import { requireKnown } from "../models/require_known.ts";
import { type CloudLink, type CloudOptions, openCloudLink } from "./cloud/cloud_link.ts";
import { CircuitBreaker } from "./cloud/circuit_breaker.ts";
import { Estimates } from "./estimates.ts";
import { Executor } from "./executor.ts";
import { OutageLog } from "./cloud/outage_log.ts";
import { PictureBudget } from "./picture_budget.ts";
import type { EdgeOptions } from "./options.ts";
import { unknownClasses } from "./zones/unknown_classes.ts";
import { type LocalInference, type LocalOptions, openLocalInference } from "./local_inference.ts";

const log = logger("edge");

/** The options that a node depends on. */
export type NodeOptions = LocalOptions & CloudOptions & Partial<Pick<EdgeOptions, "sources">>;

/** An edge node. Runs take their places at its two executors, which serve them in turn. */
export class EdgeNode {
  /** Local tasks of all runs. */
  readonly localTasks: Executor;
  /** Offloads of all runs. */
  readonly offloads: Executor;
  /** Delays, as the frames of all runs found them. */
  readonly estimates: Estimates;
  /** Keeps the frames of all runs away from a cloud that fails. */
  readonly breaker: CircuitBreaker;
  /** Pictures that all runs have open. */
  readonly pictures: PictureBudget = new PictureBudget();
  /** Frames of all runs that were decided about and have no outcome yet. */
  readonly pending = { local: 0, cloud: 0 };
  readonly #outages: OutageLog;
  readonly #close: () => Promise<void>;

  /**
   * A node of parts that are open.
   *
   * @param close gives them back.
   */
  constructor(
    readonly local: LocalInference,
    readonly cloud: CloudLink,
    clock: Clock,
    close: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.estimates = new Estimates(clock);
    this.#outages = new OutageLog(cloud.description, clock);
    this.breaker = new CircuitBreaker(cloud, clock, this.#outages, cloud.offloadsMax);
    this.localTasks = new Executor(local.slots);
    this.offloads = new Executor(cloud.offloadsMax);
    this.#close = close;
  }

  /**
   * Loads the models that infer here and asks the forwarder for its own.
   *
   * @throws {SmarteyeError} when the model directory cannot be read, or there is a model neither here
   * nor in the cloud.
   */
  static async open(options: NodeOptions, clock: Clock): Promise<EdgeNode> {
    const catalogue = await Catalogue.open(options.models.directory);
    tellUnknownClasses(options, catalogue);
    await using opened = new AsyncDisposableStack();
    const local = await openLocalInference(options, catalogue, clock);
    opened.defer(() => local.close());
    const cloud = await openCloudLink(options, catalogue, clock);
    opened.defer(() => cloud.close());
    const { missing } = local;
    if (local.models.length === 0) {
      if (!cloud.answers || cloud.models.length === 0) {
        // A model that only the cloud has may be asked for; one that nobody knows is a wrong name.
        if (options.model !== undefined) requireKnown(catalogue, options.model, options.service);
        throw missing;
      }
      log.warn("every frame depends on the cloud: {missing}", { missing: messageOf(missing) });
    }
    const parts = opened.move();
    return new EdgeNode(local, cloud, clock, () => parts.disposeAsync());
  }

  /** Stops the Workers and closes the connections. Runs have ended before. */
  close(): Promise<void> {
    this.#outages.flush();
    return this.#close();
  }
}

/** A label that nobody finds is most likely mistyped: its zone or rule would wait in silence. */
function tellUnknownClasses({ sources = [], service }: NodeOptions, catalogue: Catalogue): void {
  const waiting = new Map(sources.flatMap(({ zones, rules = [] }) => [
    ...zones.map(({ name, classes }) => [`zone:${name}`, classes] as const),
    ...rules.map(({ name, labels }) => [`rule:${name}`, labels] as const),
  ]));
  if (waiting.size === 0) return;
  const labels = new Set(catalogue.list(service).flatMap(({ manifest }) => labelsOf(manifest)));
  for (const message of unknownClasses([...waiting], labels)) {
    log.warn("{message}", { message });
  }
}
