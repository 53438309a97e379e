/** The senders of frames that a forwarder knows: so many at most, whatever strangers call themselves. */

import type { Clock } from "../../core/clock.ts";
import { EDGE_HEADER, type EdgeSaid, edgeSaidOf } from "../../proto/http_edge.ts";
import type { EdgeAnswer, EdgeState } from "../../proto/http_edges.ts";
import type { Exchange } from "../exchange.ts";
import type { Metrics } from "../metrics.ts";
import { EdgeAccount } from "./edge_account.ts";

/** Senders that are kept. */
export const EDGES_MAX = 1000;

/** Milliseconds for which what is told of them is good enough for whoever asks next. */
const FRESH_MS = 500;

/** What the registry works with. */
export interface EdgesParts {
  /** Times and rates go by it. */
  readonly clock: Clock;
  /** Whether clients are told apart by their tokens: one cannot speak for another then. */
  readonly hasTokens: boolean;
  /** Counts what is passed over and forgotten. */
  readonly metrics: Pick<
    Metrics,
    "edgeKnown" | "edgeForgotten" | "edgeNameRefused" | "edgeAnswered"
  >;
  /** Senders that are kept, unless another number is wanted. */
  readonly edgesMax?: number;
}

/** Keeps an account of each. */
export class Edges {
  /** The one that was seen last comes last. */
  readonly #known = new Map<string, EdgeAccount>();
  /** How many each client has in there. */
  readonly #owned = new Map<string, number>();
  readonly #edgesMax: number;
  #forgotten = 0;
  #told: {
    readonly atMs: number;
    readonly edges: readonly (readonly [client: string, answer: EdgeAnswer])[];
  } | undefined;

  /** Knows nobody. */
  constructor(private readonly parts: EdgesParts) {
    this.#edgesMax = parts.edgesMax ?? EDGES_MAX;
  }

  /** Those that were forgotten since there were too many. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** How many are heard, are not, and are gone. */
  states(): Readonly<Record<EdgeState, number>> {
    const counts = { active: 0, silent: 0, gone: 0 };
    for (const { state } of this.#known.values()) counts[state]++;
    return counts;
  }

  /** Those that are known, by name; with a client, those that have its token alone. */
  list(client?: string): readonly EdgeAccount[] {
    return [...this.#known.values()].filter((one) => client === undefined || one.client === client)
      .sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  }

  /**
   * What is told of them, as `list` has them: reckoned twice a second at most, however many ask.
   */
  answers(client?: string): readonly EdgeAnswer[] {
    const nowMs = this.parts.clock.nowMs();
    if (!this.#told || nowMs - this.#told.atMs >= FRESH_MS) {
      this.#told = { atMs: nowMs, edges: this.list().map((one) => [one.client, one.answer()]) };
    }
    return this.#told.edges.filter(([its]) => client === undefined || its === client)
      .map(([, answer]) => answer);
  }

  /** What a request's head says of who sends it; nothing where it does not, or nothing usable. */
  saidIn(headers: Headers): EdgeSaid | undefined {
    const value = headers.get(EDGE_HEADER);
    if (value === null) return undefined;
    const said = edgeSaidOf(value);
    if (!said) this.parts.metrics.edgeNameRefused();
    return said;
  }

  /** Notes that an edge asked how things are. Whoever says no name asks for other reasons. */
  asked(client: string, peer: string, said: EdgeSaid | undefined): void {
    if (said) this.#accountOf(client, said).seen(peer, said);
  }

  /** Notes how a request ended; nothing of one whose sender is not known to be allowed to ask. */
  answered(exchange: Exchange, bytesOut: number): void {
    const { client, peer, edge } = exchange;
    if (client === undefined) return;
    const account = this.#accountOf(client, edge);
    account.seen(peer, edge);
    account.answered(exchange, this.parts.clock.nowMs() - exchange.arrivedAtMs, bytesOut);
    const outcome = !exchange.failure ? "ok" : exchange.isDispatched ? "failed" : "refused";
    this.parts.metrics.edgeAnswered(account.isNamed ? account.name : "", outcome);
  }

  /** The account of a sender, put last: it is the one that was seen last. */
  #accountOf(client: string, said: EdgeSaid | undefined): EdgeAccount {
    const { clock, hasTokens } = this.parts;
    // Without tokens an edge may have another address tomorrow, and is the same.
    const key = said ? `${hasTokens ? client : ""}\n${said.name}` : `${client}\n`;
    const known = this.#known.get(key);
    if (known) {
      this.#known.delete(key);
      this.#known.set(key, known);
      return known;
    }
    if (this.#known.size >= this.#edgesMax) this.#forgetOne();
    const account = new EdgeAccount(said?.name ?? client, !!said, client, hasTokens, clock);
    this.#known.set(key, account);
    this.#owned.set(client, (this.#owned.get(client) ?? 0) + 1);
    if (said) this.parts.metrics.edgeKnown(said.name);
    return account;
  }

  /** The one that is idle for longest, of the client that has the most: who invents names loses its own. */
  #forgetOne(): void {
    const [greediest] = [...this.#owned].reduce((most, one) => one[1] > most[1] ? one : most);
    for (const [key, { client, name, isNamed }] of this.#known) {
      if (client !== greediest) continue;
      this.#known.delete(key);
      const left = this.#owned.get(client)! - 1;
      if (left > 0) this.#owned.set(client, left);
      else this.#owned.delete(client);
      this.#forgotten++;
      this.parts.metrics.edgeForgotten(isNamed ? name : undefined);
      return;
    }
  }
}
