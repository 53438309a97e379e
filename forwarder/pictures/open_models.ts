/** In a Worker: models of other servers as our manifests describe them. */

import { basename } from "node:path";
import { SmarteyeError } from "../../core/errors.ts";
import { referenceOf } from "../../core/reference.ts";
import { rankedAccuracy } from "../../models/accuracy.ts";
import { Catalogue } from "../../models/catalogue.ts";
import type { Manifest } from "../../models/manifest.ts";
import { serviceOfFound } from "./found_tensors.ts";
import type { Described, OpenModel } from "./messages.ts";
import { OpenNetwork, told } from "./open_network.ts";

/** Models that are kept ready; what was not asked for longest is made anew. */
const KEPT_MAX = 64;

/** A model, and what reads its tensors where they are known. */
export interface KnownModel extends Described {
  /** Absent where it only takes files. */
  readonly network: OpenNetwork | undefined;
}

/** Holds models of servers against the manifests of the model directory and of the program. */
export class OpenModels {
  readonly #kept = new Map<string, KnownModel>();

  /** Reads nothing yet. */
  constructor(private readonly directory: string) {}

  /**
   * How a model can be asked.
   *
   * @throws {SmarteyeError} `failed_precondition` saying why it cannot.
   */
  async get(model: OpenModel): Promise<KnownModel> {
    const key = JSON.stringify(model);
    const kept = this.#kept.get(key);
    const known = kept ?? await this.#describe(model);
    this.#kept.delete(key);
    this.#kept.set(key, known);
    const [[oldest, { network }]] = this.#kept as unknown as [[string, KnownModel]];
    if (this.#kept.size > KEPT_MAX) {
      this.#kept.delete(oldest);
      network?.close();
    }
    return known;
  }

  async #describe(model: OpenModel): Promise<KnownModel> {
    const { inputs, outputs, takesFiles } = model;
    const [input] = inputs;
    if (inputs.length === 1 && input!.datatype === "BYTES") {
      const service = serviceOfFound(outputs);
      if (service) return { service, accuracy: undefined, ways: ["file"], network: undefined };
      throw new SmarteyeError(
        "failed_precondition",
        `it takes ${told(input!)} and gives ${
          outputs.map(told).join(", ") || "nothing that is told"
        }, ` +
          `scores, class_ids and labels are wanted, and of a detector boxes`,
      );
    }
    try {
      const manifest = await this.#manifestOf(model);
      const network = new OpenNetwork(model, manifest);
      const { service } = manifest;
      const ways = takesFiles ? ["file", "tensors"] as const : ["tensors"] as const;
      return { service, accuracy: rankedAccuracy(manifest), ways, network };
    } catch (error) {
      if (!takesFiles) throw error;
      return {
        service: likelyService(model),
        accuracy: undefined,
        ways: ["file"],
        network: undefined,
      };
    }
  }

  async #manifestOf({ name, version }: OpenModel): Promise<Manifest> {
    const catalogue = await Catalogue.open(this.directory);
    const entry = catalogue.find(referenceOf({ name, version })) ?? catalogue.find(name);
    if (entry) return entry.manifest;
    const isItsFile = (path: string) => basename(path).startsWith(name);
    const broken = catalogue.passedOver.find(({ path }) => isItsFile(path));
    throw new SmarteyeError(
      "failed_precondition",
      `there is no manifest of that name, one in the model directory ${this.directory} is wanted ` +
        `(or one that comes with the program)${broken ? `; ${broken.why}` : ""}`,
    );
  }
}

/** A server that takes files reads its own outputs: one vector alone is a classifier's. */
function likelyService({ outputs }: OpenModel): Described["service"] {
  const [output, ...others] = outputs;
  return output && others.length === 0 && output.shape.length <= 2 ? "classification" : "detection";
}
