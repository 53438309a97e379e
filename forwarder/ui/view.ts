/** What the cloud page shows, as values: taken together at one instant, for all who look. */

import type { Clock } from "../../core/clock.ts";
import { type ServerAnswer, serverAnswerOf } from "../../proto/http_codec.ts";
import type { ServerDetails } from "../../proto/http_details.ts";
import type { EdgeAnswer, EdgeState } from "../../proto/http_edges.ts";
import type { Edges } from "../edges/edges.ts";
import type { WindowSecond } from "../minute_window.ts";
import { detailsOfAll } from "../server_details.ts";
import type { ServerPool } from "../server_pool.ts";
import type { Traffic, TrafficSeen } from "../traffic.ts";

/** Milliseconds for which a view is good enough for whoever asks next. */
const FRESH_MS = 500;

/** A server, with what people want to know of it. */
export interface ServerView extends ServerAnswer {
  /** What became of it. */
  readonly details: ServerDetails;
  /** Share of its requests that it gets: less than 1 after it has come up. */
  readonly share: number;
  /** How long answers took, second by second of the last minute. */
  readonly seconds: readonly WindowSecond[];
}

/** An edge, likewise. */
export interface EdgeView extends EdgeAnswer {
  /**
   * Its frames, second by second of the last minute, and how long they took. Asked for where it is drawn:
   * of many edges, most are not.
   */
  readonly seconds: () => readonly WindowSecond[];
}

/** All of it. */
export interface CloudView {
  /** When, ISO 8601. */
  readonly at: string;
  /** Seconds since the forwarder was started. */
  readonly up_s: number;
  /** The last minute. */
  readonly traffic: TrafficSeen;
  /** In the order of the config. */
  readonly servers: readonly ServerView[];
  /** By name. */
  readonly edges: readonly EdgeView[];
  /** How many edges there are, by whether they are heard. */
  readonly states: Readonly<Record<EdgeState, number>>;
  /** Edges that were forgotten since there were too many. */
  readonly forgotten: number;
}

/** What views are made of. */
export interface ViewParts {
  /** The servers. */
  readonly pool: Pick<ServerPool, "servers" | "shareOf">;
  /** The edges. */
  readonly edges: Edges;
  /** Everybody's requests. */
  readonly traffic: Traffic;
  /** Goes by it. */
  readonly clock: Clock;
}

/** Makes views when they are asked for, and not more often than they change to the eye. */
export class Views {
  readonly #beganAtMs: number;
  #last: { readonly view: CloudView; readonly atMs: number } | undefined;

  /** Makes none yet. */
  constructor(private readonly parts: ViewParts) {
    this.#beganAtMs = parts.clock.nowMs();
  }

  /** How it is now. */
  now(): CloudView {
    const nowMs = this.parts.clock.nowMs();
    if (this.#last && nowMs - this.#last.atMs < FRESH_MS) return this.#last.view;
    const view = this.#made(nowMs);
    this.#last = { view, atMs: nowMs };
    return view;
  }

  #made(nowMs: number): CloudView {
    const { pool, edges, traffic, clock } = this.parts;
    const details = detailsOfAll(pool.servers);
    return {
      at: new Date(clock.epochMs()).toISOString(),
      up_s: Math.round((nowMs - this.#beganAtMs) / 1000),
      traffic: traffic.seen(),
      servers: pool.servers.map((server, i) => ({
        ...serverAnswerOf(server.seen()),
        details: details[i]!,
        share: pool.shareOf(server),
        seconds: server.history.seconds(),
      })),
      edges: edges.list().map((one) => ({ ...one.answer(), seconds: () => one.seconds() })),
      states: edges.states(),
      forgotten: edges.forgotten,
    };
  }
}
