/** A repository of hand-made models on real Workers. */

import { ModelRepository } from "../../inference/repository.ts";
import { ProfileCache } from "../../inference/profile_cache.ts";
import { CPU } from "../../inference/provider.ts";
import { WorkerPool } from "../../inference/worker_pool.ts";
import { Catalogue } from "../../models/catalogue.ts";
import type { Manifest } from "../../models/manifest.ts";
import { FakeClock } from "../../core/fake_clock.ts";
import { Folder } from "./folder.ts";
import { addModel } from "./tiny_model.ts";

const SESSION = { threads: 1, provider: CPU };

/** One Worker, a folder for models, and a clock that stands still; all given back after the test. */
export class Bench implements AsyncDisposable {
  readonly folder = new Folder();
  readonly clock = new FakeClock();
  readonly pool = new WorkerPool({
    workers: 1,
    session: SESSION,
    queueLengthMax: 4,
    clock: this.clock,
  });

  /** A repository that knows hand-made models beside those of the program; none is loaded. */
  async repository(...models: Partial<Manifest>[]): Promise<ModelRepository> {
    for (const said of models) addModel(this.folder, said);
    const catalogue = await Catalogue.open(this.folder.path);
    const profiles = new ProfileCache(this.folder.file("profile.cache"));
    const { pool, clock } = this;
    return new ModelRepository({ catalogue, pool, profiles, session: SESSION, clock });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.pool.close();
    await this.folder[Symbol.asyncDispose]();
  }
}
