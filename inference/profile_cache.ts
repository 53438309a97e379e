/** Measured latencies, kept on this machine: what "fastest" means. */

import { cpus } from "node:os";
import { dirname, join } from "node:path";
import envPaths from "env-paths";
import { z } from "zod";
import { messageOf } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import type { Manifest } from "../models/manifest.ts";
import { describeProvider } from "./provider.ts";
import type { SessionOptions } from "./session.ts";

const log = logger("profile");

const Profiles = z.record(z.string(), z.number().positive());

/** The file that profiles are kept in unless another is named. */
export function defaultProfilePath(): string {
  return join(envPaths("smarteye", { suffix: "" }).cache, "profile.json");
}

/** Latencies by weights, processor, provider and threads; a file that is lost is measured again. */
export class ProfileCache {
  /** `path` is a JSON file's; it and its directory are made when there is something to keep. */
  constructor(private readonly path: string) {}

  /** The kept latency of a model in milliseconds, or a measured one that is then kept. */
  async latencyMs(
    manifest: Manifest,
    session: SessionOptions,
    measure: () => Promise<number>,
  ): Promise<number> {
    const key = keyOf(manifest, session);
    const known = (await this.#read())[key];
    if (known !== undefined) return known;
    const measured = Math.max(0.001, Number((await measure()).toFixed(3)));
    await this.#keep(key, measured);
    return measured;
  }

  async #read(): Promise<Record<string, number>> {
    try {
      return Profiles.parse(JSON.parse(await Deno.readTextFile(this.path)));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) {
        log.debug("{path} is not readable, latencies are measured anew: {error}", {
          path: this.path,
          error: messageOf(error),
        });
      }
      return {};
    }
  }

  /** Written beside and renamed, so that a reader never sees half a file. */
  async #keep(key: string, latencyMs: number): Promise<void> {
    const profiles = { ...await this.#read(), [key]: latencyMs };
    const beside = `${this.path}.${crypto.randomUUID()}`;
    try {
      await Deno.mkdir(dirname(this.path), { recursive: true });
      await Deno.writeTextFile(beside, JSON.stringify(profiles, null, 2) + "\n");
      await Deno.rename(beside, this.path);
    } catch (error) {
      log.warn("cannot keep measured latencies in {path}: {error}", {
        path: this.path,
        error: messageOf(error),
      });
      await Deno.remove(beside).catch(() => {});
    }
  }
}

function keyOf(manifest: Manifest, { provider, threads }: SessionOptions): string {
  const processor = cpus()[0]?.model ?? "unknown processor";
  const threaded = `${threads} thread${threads === 1 ? "" : "s"}`;
  return [manifest.name, manifest.sha256, processor, describeProvider(provider), threaded]
    .join(" | ");
}
