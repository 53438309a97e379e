/** What is known of one sender of frames: an edge that says its name, or whoever asks without one. */

import type { Clock } from "../../core/clock.ts";
import type { ErrorCode } from "../../core/errors.ts";
import type { EdgeSaid, EdgeTallies } from "../../proto/http_edge.ts";
import type { EdgeAnswer, EdgeState } from "../../proto/http_edges.ts";
import type { Exchange } from "../exchange.ts";
import { LatencyRing } from "../latency_ring.ts";
import { MinuteWindow, type WindowSecond } from "../minute_window.ts";

/** Milliseconds after which one that says nothing is silent. */
const SILENT_MS = 10_000;

/** Milliseconds after which it is gone. */
const GONE_MS = 600_000;

/** Answers of which percentiles are. */
const LATENCIES = 128;

/** Sources, and addresses, that are told apart. */
const SOURCES_MAX = 16;
const ADDRESSES_MAX = 4;

/** How often each thing happened; there are as many things as codes of errors. */
type Counts = Map<ErrorCode, number>;

/** Keeps account of one. */
export class EdgeAccount {
  readonly #answers: MinuteWindow;
  readonly #latency: LatencyRing;
  readonly #refused: Counts = new Map();
  readonly #failed: Counts = new Map();
  readonly #sources = new Set<string>();
  readonly #addresses = new Set<string>();
  readonly #seenFirstAt: string;
  #seenAtMs: number;
  #ok = 0;
  #bytesUp = 0;
  #bytesDown = 0;
  #version: string | undefined;
  #frames: EdgeTallies | undefined;

  /** Has asked nothing yet. */
  constructor(
    /** What it calls itself; where it does not, whose token it has, or its address. */
    readonly name: string,
    /** Whether it calls itself so. */
    readonly isNamed: boolean,
    /** Whose token it has, or its address. */
    readonly client: string,
    /** Whether that is the name of a token. */
    private readonly hasToken: boolean,
    private readonly clock: Clock,
  ) {
    this.#answers = new MinuteWindow(clock);
    this.#latency = new LatencyRing(LATENCIES, clock);
    this.#seenAtMs = clock.nowMs();
    this.#seenFirstAt = new Date(clock.epochMs()).toISOString();
  }

  /** `active` has asked lately, `silent` has not, `gone` has not for long. */
  get state(): EdgeState {
    const agoMs = this.clock.nowMs() - this.#seenAtMs;
    return agoMs > GONE_MS ? "gone" : agoMs > SILENT_MS ? "silent" : "active";
  }

  /** Notes that it asked something, and what it said of itself. */
  seen(peer: string, said: EdgeSaid | undefined): void {
    this.#seenAtMs = this.clock.nowMs();
    addNewest(this.#addresses, peer, ADDRESSES_MAX);
    if (!said) return;
    const { version, source, frames } = said;
    if (version !== undefined) this.#version = version;
    if (source !== undefined) addNewest(this.#sources, source, SOURCES_MAX);
    if (frames) this.#frames = frames;
  }

  /** Notes how a request of its ended. */
  answered({ failure, isDispatched, bytesIn }: Exchange, tookMs: number, bytesOut: number): void {
    this.#answers.add(tookMs);
    this.#bytesUp += bytesIn;
    this.#bytesDown += bytesOut;
    if (!failure) {
      this.#ok++;
      this.#latency.add(tookMs);
      return;
    }
    const counts = isDispatched ? this.#failed : this.#refused;
    counts.set(failure.code, (counts.get(failure.code) ?? 0) + 1);
  }

  /** The last minute, second by second, for a picture of it. */
  seconds(): readonly WindowSecond[] {
    return this.#answers.seconds();
  }

  /** What is told of it. */
  answer(): EdgeAnswer {
    const { name, client, clock } = this;
    const frames = this.#frames;
    const inferred = (frames?.local ?? 0) + (frames?.cloud ?? 0);
    const latency = this.#latency.percentiles([50, 95]);
    const [refused, failed] = [sumOf(this.#refused), sumOf(this.#failed)];
    return {
      ...{ name, named: this.isNamed, state: this.state },
      ...(this.hasToken ? { client } : {}),
      addresses: [...this.#addresses],
      ...(this.#version === undefined ? {} : { version: this.#version }),
      sources: [...this.#sources].sort(),
      first_seen: this.#seenFirstAt,
      seen_ago_s: Math.round((clock.nowMs() - this.#seenAtMs) / 100) / 10,
      requests: { total: this.#ok + refused + failed, ok: this.#ok, refused, failed },
      ...(refused > 0 ? { refused: Object.fromEntries(this.#refused) } : {}),
      ...(failed > 0 ? { failed: Object.fromEntries(this.#failed) } : {}),
      requests_per_s: Math.round(this.#answers.perSec * 100) / 100,
      bytes: { up: this.#bytesUp, down: this.#bytesDown },
      ...(latency ? { latency_ms: latency } : {}),
      ...(frames ? { frames } : {}),
      ...(inferred > 0 ? { offloaded: frames!.cloud / inferred } : {}),
    };
  }
}

function sumOf(counts: Counts): number {
  return counts.values().reduce((sum, count) => sum + count, 0);
}

/** Adds to a set of the newest. */
function addNewest(set: Set<string>, value: string, max: number): void {
  set.delete(value);
  set.add(value);
  const [oldest] = set;
  if (set.size > max) set.delete(oldest!);
}
