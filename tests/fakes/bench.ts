/** An engine of hand-made models on real Workers. */

import { FakeClock } from "../../core/fake_clock.ts";
import { type EngineOptions, InferenceEngine } from "../../inference/engine.ts";
import { ProfileCache } from "../../inference/profile_cache.ts";
import { CPU } from "../../inference/provider.ts";
import type { ModelRepository } from "../../inference/repository.ts";
import { Catalogue } from "../../models/catalogue.ts";
import type { Manifest } from "../../models/manifest.ts";
import { Folder } from "./folder.ts";
import { addModel } from "./tiny_model.ts";

/** A folder for models, and a clock that stands still; all given back after the test. */
export class Bench implements AsyncDisposable {
  readonly folder = new Folder();
  readonly clock = new FakeClock();
  readonly #engines: InferenceEngine[] = [];

  /** An engine that knows hand-made models beside those of the program; none is loaded. */
  async engine(
    models: readonly Partial<Manifest>[],
    said: Partial<EngineOptions> = {},
  ): Promise<InferenceEngine> {
    for (const one of models) addModel(this.folder, one);
    const engine = InferenceEngine.open({
      catalogue: await Catalogue.open(this.folder.path),
      workers: 1,
      session: { threads: 1, provider: CPU },
      queueLengthMax: 4,
      profiles: new ProfileCache(this.folder.file("profile.cache")),
      clock: this.clock,
      ...said,
    });
    this.#engines.push(engine);
    return engine;
  }

  /** The repository of such an engine. */
  async repository(...models: Partial<Manifest>[]): Promise<ModelRepository> {
    return (await this.engine(models)).repository;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const engine of this.#engines) await engine.close();
    await this.folder[Symbol.asyncDispose]();
  }
}
