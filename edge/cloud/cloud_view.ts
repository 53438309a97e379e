/** What the edge knows of the cloud: whether it takes frames, with which models, and how busy it is. */

import type { Clock } from "../../core/clock.ts";
import type { Service } from "../../core/detection.ts";
import { messageOf } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import type { ModelProfile, ServerLoad } from "../../core/model.ts";
import { RollingWindow } from "../../core/rolling_window.ts";
import type { ServerReport } from "../../policies/offload/policy.ts";
import { modelsOf, type ServersAnswer } from "../../proto/http_codec.ts";
import { loadOf } from "../../proto/http_load.ts";
import { ExchangeError } from "./http_exchange.ts";
import { type OffloadClient, type Offloaded, OffloadError } from "./offload_client.ts";

const log = logger("edge");

/** Milliseconds that the forwarder's answer to a question about itself is waited for. */
export const ASK_MS = 2000;

/**
 * Questions that are asked at once when the watch begins: the first ones of a connection, and of a
 * program, take longer than what the uplink is measured by.
 */
const FIRST_QUESTIONS = 3;

/** Milliseconds until a cloud that is not available is asked again, at most. */
const AGAIN_MS = 2000;

/** Servers that are reported. */
const REPORTS_MAX = 100;

/** Questions whose round trips are remembered. */
const ROUND_TRIPS = 10;

/** Which models may be used. */
export interface Wanted {
  /** Models of this service. */
  readonly service: Service;
  /** Only the one of that name, if given. */
  readonly model?: string | undefined;
}

/** Whether the cloud takes frames. What it lacks is told when that changes, its details are not. */
type State =
  | { readonly kind: "available" }
  | {
    readonly kind: "unasked" | "no answer" | "denied" | "no server" | "no model";
    readonly why: string;
  };

interface Heard {
  readonly load: ServerLoad;
  readonly atMs: number;
}

/** Asks the forwarder for its servers and their models, now and then. */
export class CloudView {
  #state: State = { kind: "unasked", why: "the forwarder was not asked yet" };
  #models: readonly ModelProfile[];
  #servers: ReadonlyMap<string, Heard> = new Map();
  readonly #roundTripsMs = new RollingWindow(ROUND_TRIPS);
  /** Offloads. */
  #underWay = 0;
  /** When one was answered. */
  #answeredAtMs = -Infinity;
  /** When one got no answer. */
  #failedAtMs = -Infinity;

  /**
   * Asks nothing yet: until `refresh`, the cloud counts as not available.
   *
   * @param expected models to reckon with as long as the forwarder has named none.
   * @param wanted which of the models that the cloud offers may be used.
   */
  constructor(
    private readonly client: Pick<OffloadClient, "servers" | "description">,
    expected: readonly ModelProfile[],
    private readonly wanted: Wanted,
    private readonly clock: Clock,
  ) {
    this.#models = expected;
  }

  /** Whether a ready server offered a model that may be used when the forwarder was last heard. */
  get available(): boolean {
    return this.#state.kind === "available";
  }

  /** Whether the forwarder answered when it was last asked. */
  get answers(): boolean {
    return this.#state.kind !== "unasked" && this.#state.kind !== "no answer";
  }

  /** Why the cloud is not available, as a clause; empty when it is. */
  get why(): string {
    return this.#state.kind === "available" ? "" : this.#state.why;
  }

  /** Models that the cloud offers, or last offered. */
  get models(): readonly ModelProfile[] {
    return this.#models;
  }

  /** Least time of the latest questions that were answered, there and back, milliseconds. */
  get roundTripMs(): number | undefined {
    return this.#roundTripsMs.percentile(0);
  }

  /** The ready servers, as the forwarder or their own answers last told of them. */
  servers(): readonly ServerReport[] {
    const nowMs = this.clock.nowMs();
    return [...this.#servers].map(([name, { load, atMs }]) => (
      { name, load, heardAgoMs: nowMs - atMs }
    ));
  }

  /** Learns from an offload, while it is under way and when it ends. It ends as it would have. */
  async follow(offloading: Promise<Offloaded>): Promise<Offloaded> {
    this.#underWay++;
    try {
      const answer = await offloading;
      this.#answeredAtMs = this.clock.nowMs();
      this.#noteLoad(answer);
      return answer;
    } catch (error) {
      const kind = error instanceof OffloadError ? error.kind : "broken";
      const isAnswer = kind === "refused" || kind === "denied";
      if (!isAnswer && kind !== "barred") this.#failedAtMs = this.clock.nowMs();
      throw error;
    } finally {
      this.#underWay--;
    }
  }

  /**
   * Asks now. What it cannot learn stays as it was. Never rejects.
   *
   * @param signal when it has aborted, nobody wants to know any more.
   */
  async refresh(signal?: AbortSignal): Promise<void> {
    const askedAtMs = this.clock.nowMs();
    let answer;
    try {
      answer = await this.client.servers(ASK_MS);
    } catch (error) {
      if (signal?.aborted) return; // it is us who hung up
      log.debug("{error}", { error: messageOf(error) });
      const failed = error instanceof Error ? error.cause : undefined;
      if (failed instanceof ExchangeError && failed.kind === "barred") return; // it was not asked
      if (failed instanceof OffloadError && failed.kind === "denied") {
        return this.#become({
          kind: "denied",
          why: `the forwarder does not let us in, ${failed.message}`,
        });
      }
      if (this.available && isLate(error) && this.#mayHaveWaited(askedAtMs)) return;
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      const why = `the forwarder does not answer (${messageOf(cause)})`;
      return this.#become({ kind: "no answer", why });
    }
    this.#roundTripsMs.add(this.clock.nowMs() - askedAtMs);
    this.#noteServers(answer, askedAtMs);
    const { service, model } = this.wanted;
    const models = modelsOf(answer).filter((offered) =>
      offered.service === service && (model === undefined || offered.name === model)
    );
    if (models.length > 0) {
      this.#models = models;
      this.#become({ kind: "available" });
    } else if (answer.servers.every(({ state }) => state !== "ready")) {
      this.#become({ kind: "no server", why: "none of the forwarder's servers is ready" });
    } else {
      const named = model === undefined ? `a ${service} model` : `the ${service} model "${model}"`;
      this.#become({ kind: "no model", why: `no server of the forwarder offers ${named}` });
    }
  }

  /**
   * Asks a few times at once, then every `intervalMs` until `signal` aborts; of a cloud that is not
   * available it is asked more often, or a short absence would last as long as the interval.
   */
  async watch(intervalMs: number, signal: AbortSignal): Promise<void> {
    for (let asked = 0; asked < FIRST_QUESTIONS && !signal.aborted; asked++) {
      await this.refresh(signal);
    }
    while (!signal.aborted) {
      await this.clock.sleep(this.available ? intervalMs : Math.min(intervalMs, AGAIN_MS), signal);
      if (!signal.aborted) await this.refresh(signal);
    }
  }

  /**
   * Whether a question that is not answered may wait behind frames, as it does on a slow uplink: that
   * says nothing as long as those are answered, or have not failed yet.
   */
  #mayHaveWaited(askedAtMs: number): boolean {
    if (this.#answeredAtMs >= askedAtMs) return true;
    return this.#underWay > 0 && this.#answeredAtMs >= this.#failedAtMs;
  }

  #noteLoad({ server, load }: Offloaded): void {
    if (!load) return;
    const others = [...this.#servers].filter(([name]) => name !== server);
    const heard: [string, Heard] = [server, { load, atMs: this.#answeredAtMs }];
    this.#servers = new Map([...others, heard].slice(-REPORTS_MAX));
  }

  /** What a server said with an answer after the question was asked is newer than the forwarder's word. */
  #noteServers({ servers }: ServersAnswer, askedAtMs: number): void {
    const atMs = this.clock.nowMs();
    const ready = servers.filter(({ state }) => state === "ready").slice(0, REPORTS_MAX);
    this.#servers = new Map(ready.flatMap(({ name, load }): [string, Heard][] => {
      const known = this.#servers.get(name);
      if (known && known.atMs > askedAtMs) return [[name, known]];
      return load ? [[name, { load: loadOf(load), atMs }]] : [];
    }));
  }

  #become(state: State): void {
    const was = this.#state;
    this.#state = state;
    if (was.kind === state.kind) return;
    const url = this.client.description;
    if (state.kind === "available") {
      const models = this.#models.map(({ name }) => name).join(", ");
      log.info("the forwarder {url} offers {models}", { url, models });
    } else {
      // From the beginning on, it may be as it is meant to be.
      const say = was.kind === "unasked" ? log.info : log.warn;
      say.call(log, "no frame goes to {url}: {why}", { url, why: state.why });
    }
  }
}

/** Whether nobody has said no: there was no answer in time. */
function isLate(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof ExchangeError &&
    error.cause.kind === "late";
}
