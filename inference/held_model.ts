/** One version of a model as a repository holds it: loaded, given back, and replaced while it serves. */

import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../core/clock.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import type { ModelState } from "../core/model.ts";
import { briefReference, FIRST_VERSION, parseReference } from "../core/reference.ts";
import { within } from "../core/within.ts";
import type { CatalogueEntry } from "../models/catalogue.ts";
import { AT_START, type Measured, type MeasureEffort } from "./network/measurement.ts";
import { describeProvider } from "./provider.ts";
import type { SessionOptions } from "./network/session.ts";
import { giveBack, readRightWeights } from "./network/weights.ts";
import type { ProfileCache } from "./profile_cache.ts";
import { trimMemory } from "./trim_memory.ts";
import type { WorkerPool } from "./workers/worker_pool.ts";

const log = logger("models");

/** Milliseconds that what was asked of a model may take to end before its memory is given back anyway. */
export const LEAVE_MS = 60_000;

/** What holding a model takes. */
export interface HoldingParts {
  /** Holds what is loaded. */
  readonly pool: WorkerPool;
  /** Latencies that are known, and kept; without it, a loaded model is not measured. */
  readonly profiles: ProfileCache | undefined;
  /** How the pool runs its sessions: latencies are kept by it. */
  readonly session: SessionOptions;
  /** What is asked of a model is waited for by it. */
  readonly clock: Clock;
}

/** A file that was loaded. A model that is replaced has two of them for a while. */
export interface Loaded {
  /** What it is called among those that Workers hold. */
  readonly key: string;
  /** What it was loaded from. */
  readonly entry: CatalogueEntry;
  /** What Workers are given copies of. */
  readonly weights: Uint8Array<ArrayBuffer>;
  /** Measured latency of one inference, in milliseconds, if known. */
  readonly latencyMs: number | undefined;
  /** Pictures that are worth running together, 1 or more. */
  readonly batch: number;
  /** Those who infer with it. */
  readonly users: Users;
}

/** Those who are at something. */
export class Users {
  #count = 0;
  readonly #whenNone: (() => void)[] = [];

  /** One more. @returns what it calls once when it is done. */
  begin(): () => void {
    this.#count++;
    return () => {
      if (--this.#count > 0) return;
      for (const tell of this.#whenNone.splice(0)) tell();
    };
  }

  /** Resolves when there are none. */
  async none(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#whenNone.push(resolve));
  }
}

/** Something that is to be done with the model, after all that was asked before. */
interface Ask {
  readonly kind: "load" | "unload";
  hasBegun: boolean;
  readonly done: Promise<Measured | undefined>;
}

/**
 * A version of a model. What is asked of it is done in that order, one thing after the other, so what
 * was asked for last is what becomes of it. While it infers, another file of it is loaded beside and
 * takes over when it is ready: who was let in before ends on the old one, whose memory is then given
 * back. What fails to load changes nothing.
 */
export class HeldModel {
  #loaded: Loaded | undefined;
  /** Why the last load failed, or what its files say now is not what infers; empty otherwise. */
  #detail = "";
  /** What was asked for last, until it is done. */
  #last: Ask | undefined;
  /** How often it is still to be unloaded: until then it takes nothing new. */
  #unloads = 0;
  #loads = 0;
  /** Resolves when the memory of the one before was given back. */
  #replaced: Promise<void> = Promise.resolve();

  /**
   * Begins with nothing loaded.
   *
   * @param reference its name and version.
   * @param onChange called when `state` or `detail` may have changed.
   */
  constructor(
    readonly reference: string,
    private readonly parts: HoldingParts,
    private readonly onChange: () => void,
  ) {}

  /** What it is called in the log. */
  get #name(): string {
    const { name, version = FIRST_VERSION } = parseReference(this.reference);
    return briefReference({ name, version });
  }

  /** How it is at the moment. */
  get state(): ModelState {
    if (this.ready) return "ready";
    if (this.#last) return this.#last.kind === "load" ? "loading" : "unloading";
    return this.#detail === "" && !this.#loaded ? "unloaded" : "failed";
  }

  /** Why it failed, or of a ready one, why what its files say now is not what infers. */
  get detail(): string {
    const { state } = this;
    if (state === "ready") return this.#detail;
    return state === "failed" ? this.#whyLost() ?? this.#detail : "";
  }

  /** What infers, if something does. */
  get ready(): Loaded | undefined {
    return this.#unloads > 0 || this.#whyLost() !== undefined ? undefined : this.#loaded;
  }

  /**
   * Loads what the catalogue has of it; returns when it can be used. Where that infers already, nothing
   * is done.
   *
   * @param effort of a measurement that is made in any case, for which it is loaded in any case.
   * @returns what was measured.
   * @throws {SmarteyeError} `failed_precondition` when it cannot be loaded: what there is stays.
   */
  load(entry: CatalogueEntry, effort?: MeasureEffort): Promise<Measured | undefined> {
    return this.#ask("load", async () => {
      try {
        return await this.#load(entry, effort);
      } catch (error) {
        this.#detail = messageOf(error);
        throw error;
      }
    });
  }

  /** Gives its memory back when what was asked of it has ended; at once where nothing is loaded. */
  async unload(): Promise<void> {
    if (this.#last || this.#loaded) {
      await this.#ask("unload", async () => {
        const loaded = this.#loaded;
        try {
          if (loaded) await this.#giveBack(loaded);
          await this.#replaced;
        } finally {
          this.#loaded = undefined;
          this.#detail = "";
        }
        if (loaded) log.info("{name} is unloaded", { name: this.#name });
      });
    } else {
      this.#detail = "";
      this.onChange();
    }
  }

  /** Notes that a file of a ready one is not there any more, which changes nothing. */
  noteGone(path: string): void {
    if (!this.ready) return;
    this.#detail = `${path} is not there any more: what was loaded from it infers on`;
    log.warn("{name}: {detail}", { name: this.#name, detail: this.#detail });
    this.onChange();
  }

  #ask(
    kind: Ask["kind"],
    act: () => Promise<Measured | undefined | void>,
  ): Promise<Measured | undefined> {
    const last = this.#last;
    // A load that has begun may have read what has changed since.
    if (last?.kind === kind && (kind === "unload" || !last.hasBegun)) return last.done;
    const isUnload = kind === "unload" ? 1 : 0;
    this.#unloads += isUnload;
    const before = last?.done.catch(() => {}) ?? Promise.resolve(); // told by whoever asked
    const perform = async () => {
      ask.hasBegun = true;
      try {
        return await act() ?? undefined;
      } finally {
        this.#unloads -= isUnload;
        if (this.#last === ask) this.#last = undefined;
        this.onChange();
      }
    };
    const ask: Ask = { kind, hasBegun: false, done: before.then(() => perform()) };
    this.#last = ask;
    this.onChange();
    return ask.done;
  }

  async #load(entry: CatalogueEntry, effort?: MeasureEffort): Promise<Measured | undefined> {
    await this.#replaced; // no more than two of them are held at a time
    const { ready: before } = this;
    const isSame = before !== undefined && effort === undefined &&
      isDeepStrictEqual(before.entry.manifest, entry.manifest);
    if (isSame && before.entry.path === entry.path && before.entry.stamp === entry.stamp) {
      this.#detail = "";
      return undefined;
    }
    const weights = await this.#read(entry);
    if (isSame) { // the file was written again, with what was in it
      giveBack(weights);
      this.#loaded = { ...before, entry };
      this.#detail = "";
      return undefined;
    }
    return await this.#replace(entry, weights, effort);
  }

  async #read(
    { manifest: { name, sha256 }, path }: CatalogueEntry,
  ): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return await readRightWeights(path, sha256);
    } catch (cause) {
      throw new SmarteyeError(
        "failed_precondition",
        `Cannot load the model "${name}" from ${path}: ${messageOf(cause)}`,
        { cause },
      );
    }
  }

  async #replace(
    entry: CatalogueEntry,
    weights: Uint8Array<ArrayBuffer>,
    said: MeasureEffort | undefined,
  ): Promise<Measured | undefined> {
    const { pool, profiles, session } = this.parts;
    const { manifest } = entry;
    const key = ++this.#loads === 1 ? this.reference : `${this.reference}#${this.#loads}`;
    const known = said ? undefined : await profiles?.find(manifest, session);
    const effort = said ?? (profiles && known?.batch === undefined ? AT_START : undefined);
    const measured = await pool.load({ ...entry, key, weights }, effort).catch((error) => {
      giveBack(weights);
      throw error;
    });
    const kept = measured ? await profiles?.keep(manifest, session, measured) ?? measured : known;
    const before = this.#loaded;
    const { p50Ms: latencyMs, batch = 1 } = kept ?? {};
    this.#loaded = { key, entry, weights, latencyMs, batch, users: new Users() };
    this.#detail = "";
    const took = kept === undefined ? "" : `, ${kept.p50Ms.toFixed(1)} ms an inference`;
    const provider = describeProvider(session.provider);
    log.info("{name} is ready on {provider}{took}", { name: this.#name, provider, took });
    if (before) {
      this.#replaced = this.#giveBack(before).catch((error) => {
        log.error("cannot unload what was {name}: {error}", {
          name: this.#name,
          error: messageOf(error),
        });
      });
    }
    return measured;
  }

  async #giveBack({ key, users, weights }: Loaded): Promise<void> {
    const { pool, clock } = this.parts;
    if (!await within(LEAVE_MS, users.none(), clock)) {
      log.warn("{name} is unloaded although something that was asked of it has not ended", {
        name: this.#name,
      });
    }
    await pool.unload(key);
    giveBack(weights);
    await trimMemory();
  }

  /** Why Workers do not have it although it was loaded. */
  #whyLost(): string | undefined {
    return this.#loaded && this.parts.pool.whyNever(this.#loaded.key)?.message;
  }
}
