/** Which servers there are: those that are named, and those that DNS tells, again and again. */

import { type Clock, every, OVER } from "../core/clock.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import { type Log, logger } from "../core/log.ts";
import { addressesOf, type Discovered, type Lookup } from "./discovery.ts";
import type { Metrics } from "./metrics.ts";
import type { Server } from "./server.ts";
import type { ServerPool } from "./server_pool.ts";
import { parseTarget, type Target, TARGET_FORMS } from "./target.ts";

/**
 * Milliseconds between two questions for a name. Name servers keep an answer for as long as it is valid, its
 * TTL, of which nothing is told here: to ask them often costs little, and misses nothing.
 */
const ASK_MS = 1000;

/**
 * Answers in a row in which an address has to be missing until its server is wanted no more: of one that fails
 * half, for one kind of addresses, nothing tells.
 */
const MISSED_MAX = 2;

/** Milliseconds that a server stays which is wanted no more, until others have its models. */
const COVER_MS = 10_000;

/** What a membership works with. */
export interface MembershipParts {
  /** Holds the servers. */
  readonly pool: Pick<ServerPool, "servers" | "add" | "remove">;
  /** Asks for addresses; that of the moment. */
  readonly lookup: () => Lookup;
  /** Questions go by it. */
  readonly clock: Clock;
  /** Counts questions that came to nothing. */
  readonly metrics: Pick<Metrics, "unresolved" | "serverChanged">;
  /** Milliseconds that a server which leaves has for what it was asked. */
  readonly graceMs: () => number;
  /** Told when servers have come, which nobody has looked at yet. */
  readonly onAdded: () => void;
  /** Where it is said what happens. */
  readonly log?: Log;
}

/** A target, as it was written and as it is meant. */
interface Named {
  readonly text: string;
  readonly target: Target;
}

/** A server that was found, and answers in a row that were without it. */
interface Seen extends Discovered {
  readonly missed: number;
}

/** Keeps a pool's servers those that are wanted. */
export class Membership {
  readonly #over = new AbortController();
  readonly #log: Log;
  /** Servers behind the names of DNS, by how these were written. */
  readonly #found = new Map<string, readonly Seen[]>();
  /** Servers that are wanted no more, and since when. */
  readonly #leaving = new Map<string, number>();
  readonly #troubles = new Map<string, string>();
  #named: readonly Named[] = [];
  #asking: Promise<void> | undefined;
  #isWatching = false;

  /** Of nobody yet. */
  constructor(private readonly parts: MembershipParts) {
    this.#log = parts.log ?? logger("forwarder");
  }

  /**
   * Makes the servers those of these targets: others leave, and finish what they have. Names are asked for
   * before it resolves, which takes some seconds at most; one that has no address now may have one later.
   *
   * @throws {SmarteyeError} `invalid_argument` when one is in no form of a server; nothing has changed then.
   */
  async set(targets: readonly string[]): Promise<void> {
    this.#named = targets.map(named);
    for (const text of this.#found.keys()) if (!targets.includes(text)) this.#found.delete(text);
    await this.#askAll();
    if (this.#isWatching) return;
    this.#isWatching = true;
    void every(this.parts.clock, ASK_MS, () => this.#askAll(), this.#over.signal);
  }

  /** Asks no more. Servers stay. */
  close(): void {
    this.#over.abort(OVER);
  }

  /** One round at a time: a name server that is slow gets no more questions for it. */
  #askAll(): Promise<void> {
    return this.#asking ??= this.#ask().finally(() => this.#asking = undefined);
  }

  async #ask(): Promise<void> {
    const asked = this.#named;
    await Promise.all(
      asked.filter(({ target }) => target.isDiscovered).map((name) => this.#resolve(name)),
    );
    if (asked !== this.#named) return await this.#ask(); // others are wanted meanwhile
    if (!this.#over.signal.aborted) this.#apply();
  }

  /** An answer that says nothing takes nothing away: servers that are gone are found to be. */
  async #resolve({ text, target }: Named): Promise<void> {
    const { lookup, clock, metrics } = this.parts;
    try {
      const answer = await addressesOf(target, lookup(), clock);
      this.#found.set(text, withMissed(answer, this.#found.get(text) ?? []));
      if (this.#troubles.delete(text)) this.#log.info("{text} has addresses again", { text });
    } catch (error) {
      metrics.unresolved(text);
      const found = messageOf(error);
      if (this.#troubles.get(text) === found) return;
      this.#troubles.set(text, found);
      const kept = this.#found.get(text)?.length ?? 0;
      this.#log.warn("no addresses of {text} are to be had, {kept} from before stay: {found}", {
        ...{ text, kept, found },
      });
    }
  }

  #apply(): void {
    const { pool, graceMs, onAdded, metrics } = this.parts;
    const wanted = new Map<string, string | undefined>();
    for (const { text, target } of this.#named) {
      if (!target.isDiscovered) wanted.set(text, undefined);
      for (const { address, authority } of this.#found.get(text) ?? []) {
        // One that is named as well is the same server.
        if (!wanted.has(address)) wanted.set(address, authority);
      }
    }
    const there = new Set(pool.servers.map(({ name }) => name));
    let hasAdded = false;
    for (const [name, authority] of wanted) {
      if (there.has(name)) continue;
      pool.add(name, authority);
      metrics.serverChanged(name, "added");
      // Those of the start are told one by one when they are up.
      if (there.size > 0) this.#log.info("{name} is one of the servers now", { name });
      hasAdded = true;
    }
    for (const name of this.#leaving.keys()) if (wanted.has(name)) this.#leaving.delete(name);
    for (const server of pool.servers) {
      const { name } = server;
      if (wanted.has(name) || !this.#mayLeave(server)) continue;
      this.#leaving.delete(name);
      this.#log.info("{name} is none of the servers any more: it finishes what it has", { name });
      void pool.remove(name, graceMs()).then(() => metrics.serverChanged(name, "removed"));
    }
    if (hasAdded) onAdded();
  }

  /** One whose models nobody else has yet stays for a while: who takes its place is being looked at. */
  #mayLeave({ name, isReady, models }: Server): boolean {
    const { pool, clock } = this.parts;
    const sinceMs = this.#leaving.get(name) ?? clock.nowMs();
    this.#leaving.set(name, sinceMs);
    if (!isReady || clock.nowMs() - sinceMs >= COVER_MS) return true;
    const others = pool.servers.filter((other) => other.isReady && !this.#leaving.has(other.name));
    return models.every((model) => others.some((other) => other.has(model.name)));
  }
}

/** An answer, and those before that are missing in it for the first time. */
function withMissed(answer: readonly Discovered[], before: readonly Seen[]): readonly Seen[] {
  const there = new Set(answer.map(({ address }) => address));
  const missing = before.filter(({ address }) => !there.has(address))
    .map((seen) => ({ ...seen, missed: seen.missed + 1 }))
    .filter(({ missed }) => missed < MISSED_MAX);
  return [...answer.map((found) => ({ ...found, missed: 0 })), ...missing];
}

function named(text: string): Named {
  const target = parseTarget(text);
  if (target) return { text, target };
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot use the server "${text}": ${TARGET_FORMS} is wanted`,
  );
}
