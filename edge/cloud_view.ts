/** What the edge knows of the cloud: whether it answers, and which models it offers. */

import { type Clock, every } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import type { ModelProfile } from "../core/model.ts";
import { modelsOf, ServersAnswer } from "../proto/http_codec.ts";
import type { OffloadClient } from "./offload_client.ts";

const log = logger("edge");

/** Milliseconds that the forwarder's answer to a question about itself is waited for. */
export const ASK_MS = 2000;

/** Asks the forwarder for its servers and their models, now and then. */
export class CloudView {
  #available = false;
  #models: readonly ModelProfile[];

  /**
   * Asks nothing yet: until `refresh`, the cloud counts as not available.
   *
   * @param expected models to reckon with as long as the forwarder has named none.
   * @param admit which of the models that the cloud offers may be used.
   */
  constructor(
    private readonly client: Pick<OffloadClient, "getJson" | "description">,
    expected: readonly ModelProfile[],
    private readonly admit: (model: ModelProfile) => boolean,
  ) {
    this.#models = expected;
  }

  /** Whether the forwarder answered when it was last asked. */
  get available(): boolean {
    return this.#available;
  }

  /** Models that the cloud offers. */
  get models(): readonly ModelProfile[] {
    return this.#models;
  }

  /** Asks now. What it cannot learn stays as it was. */
  async refresh(): Promise<void> {
    const was = this.#available;
    try {
      const answer = ServersAnswer.parse(await this.client.getJson("v1/servers", ASK_MS));
      const models = modelsOf(answer).filter(this.admit);
      this.#available = true;
      if (models.length > 0) this.#models = models;
      if (!was) {
        log.info("the forwarder {url} offers {models}", {
          url: this.client.description,
          models: models.map(({ name }) => name).join(", ") || "no model yet",
        });
      }
    } catch (error) {
      this.#available = false;
      log.debug("{error}", { error: messageOf(error) });
    }
  }

  /** Asks every `intervalMs` until `signal` aborts. */
  watch(intervalMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
    return every(clock, intervalMs, () => this.refresh(), signal);
  }
}
