/** A user's own policy: it runs in a Worker, where it can be ended when it does not answer. */

import { LateDecision, type LoadedPolicy, type Need, NotAsked } from "../loaded_policy.ts";
import type { Parameters } from "../parameters.ts";
import { digestOf } from "../user_module.ts";
import { inTime } from "../../core/in_time.ts";
import { load, type Loading, type PolicyHost } from "./load.ts";
import { PolicyThread } from "./policy_thread.ts";
import type { Told } from "./declared.ts";

/** Milliseconds in which another Worker has to have imported the module again. */
const RESTART_MS = 3000;

/** Milliseconds beyond twice its budget after which a decision is ended in the Worker. */
const END_SLACK_MS = 100;

/** Milliseconds beyond that in which the Worker has to say that it is free again. */
const LEAVE_MS = 2000;

/**
 * Workers of a policy that did not say so. They ran out of memory, or they go on, which hardly any loop
 * can do: one in which V8 never looks whether it should end, or one in a timer of the policy's own.
 */
const RUNAWAYS_MAX = 3;

/** Decisions that may wait for those before them. */
export const WAITING_MAX = 1000;

const CLOSED = "it was closed";

interface Waiting {
  readonly begin: () => void;
  readonly refuse: (why: Error) => void;
}

/**
 * Loads a policy from a module of its user's, and keeps it apart.
 *
 * @throws {Unusable} when it is of no use.
 * @throws {SmarteyeError} `cancelled` when the signal aborts.
 */
export async function loadApart<Snapshot>(
  loading: Loading,
  host: PolicyHost,
): Promise<LoadedPolicy<Snapshot>> {
  const digest = await digestOf(loading.url);
  const { told, thread } = await load(loading, host);
  return new ApartPolicy(loading, host, digest, told, thread);
}

/**
 * One question at a time is with the Worker, and its budget begins when it is sent there: nobody pays
 * for the decision of another. The others wait in order. A Worker that is late is ended and replaced at
 * once, and the module imported again: that takes nothing of the next decision's budget. What it says
 * then is only the same policy's if its file was not changed. One that stopped by itself fails the
 * decision that it was at, or else the next one, and is replaced with it.
 */
class ApartPolicy<Snapshot> implements LoadedPolicy<Snapshot> {
  readonly name: string;
  readonly about: string;
  readonly parameters: Parameters;
  readonly needs: readonly Need[];
  readonly #waiting: Waiting[] = [];
  #isBusy = false;
  #isClosed = false;
  #thread: PolicyThread;
  /** Resolves when the Worker has the policy, or will not have it. */
  #ready: Promise<void> = Promise.resolve();
  #runaways = 0;

  constructor(
    private readonly loading: Loading,
    private readonly host: PolicyHost,
    private readonly digest: string | undefined,
    { name, about, parameters, needs }: Told,
    thread: PolicyThread,
  ) {
    this.name = name;
    this.about = about;
    this.parameters = parameters;
    this.needs = needs;
    this.#thread = thread;
  }

  async ask(snapshot: Snapshot, seed: number, signal?: AbortSignal): Promise<unknown> {
    await this.#turn(signal);
    try {
      return await this.#askNow(snapshot, seed);
    } finally {
      const next = this.#waiting.shift();
      if (next) next.begin();
      else this.#isBusy = false;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#thread.end(CLOSED);
    for (const { refuse } of this.#waiting.splice(0)) refuse(new Error(CLOSED));
  }

  /** Resolves when nobody else is asked. @throws {NotAsked} when nobody waits for that any more. */
  #turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error(CLOSED));
    if (signal?.aborted) return Promise.reject(notAsked());
    if (!this.#isBusy) {
      this.#isBusy = true;
      return Promise.resolve();
    }
    if (this.#waiting.length >= WAITING_MAX) {
      return Promise.reject(new NotAsked(`${WAITING_MAX} decisions wait for it already`));
    }
    return new Promise((resolve, reject) => {
      const settle = (how: () => void) => () => {
        signal?.removeEventListener("abort", leave);
        how();
      };
      const waiting: Waiting = {
        begin: settle(resolve),
        refuse: (why) => settle(() => reject(why))(),
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        waiting.refuse(notAsked());
      };
      signal?.addEventListener("abort", leave);
      this.#waiting.push(waiting);
    });
  }

  async #askNow(snapshot: Snapshot, seed: number): Promise<unknown> {
    const { clock, budgetMs } = this.host;
    await this.#ready;
    if (this.#runaways >= RUNAWAYS_MAX) {
      throw new Error(
        `it is asked no more: ${RUNAWAYS_MAX} of its Workers ran out of memory or did not end`,
      );
    }
    const thread = this.#thread;
    const endMs = 2 * budgetMs + END_SLACK_MS;
    const answer = thread.ask(snapshot, seed, endMs);
    if (await inTime(budgetMs, answer, clock)) return await this.#taken(answer, thread);
    void this.#leave(thread, endMs + LEAVE_MS);
    this.#replace();
    throw new LateDecision(`it did not answer within ${budgetMs} ms`);
  }

  /** One that answered and stopped then is replaced when that has been told, with the next decision. */
  async #taken(answer: Promise<unknown>, thread: PolicyThread): Promise<unknown> {
    try {
      return await answer;
    } catch (error) {
      if (thread.lost !== undefined) {
        thread.end(CLOSED);
        this.#replace();
      }
      throw error;
    }
  }

  async #leave(thread: PolicyThread, ms: number): Promise<void> {
    if (!await thread.leave("it was late", ms, this.host.clock)) this.#runaways++;
  }

  #replace(): void {
    if (this.#isClosed) return;
    const thread = this.#thread = new PolicyThread(this.loading, this.host.took);
    const digest = digestOf(this.loading.url);
    this.#ready = inTime(RESTART_MS, thread.loaded, this.host.clock).then(async (isLoaded) => {
      if (!isLoaded) {
        this.#runaways++;
        thread.end(`importing it again does not end within ${RESTART_MS} ms`);
      } else if (await digest !== this.digest) {
        thread.end("its module is not what it was when it was loaded");
      }
    });
  }
}

function notAsked(): NotAsked {
  return new NotAsked("it was still at other decisions");
}
