/** What a server of the Open Inference Protocol offers: its models, as it describes them, and ours do. */

import { asSmarteyeError, isSmarteyeError, SmarteyeError } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import type { ModelStatus } from "../../core/model.ts";
import { compareVersions, parseReference } from "../../core/reference.ts";
import { OpenInference } from "../../proto/grpc_service.ts";
import type { NotOffered } from "../../proto/http_codec.ts";
import { decodePlain, type MessageShape } from "../../proto/message_scan.ts";
import { REPLY_SHAPES } from "../../proto/open_inference_shapes.ts";
import type { CallLimits, ServerNews } from "../backend.ts";
import type { Described, OpenModel } from "../pictures/messages.ts";
import type { PictureWorkers } from "../pictures/picture_workers.ts";
import { type Channel, isUnimplemented, type Method } from "./channel.ts";

const log = logger("forwarder");

/** Models of a server that are looked at. */
const MODELS_MAX = 1000;

/** Models that a server is asked about at once. */
const AT_ONCE = 8;

/** Characters of a reason. */
const WHY_MAX = 300;

/** State of a model in an index; MLServer 1.7 has it as Python prints it. */
const READY = /^(State\.)?READY$/;

/** What a server says that takes image files for any model's input, as ours does. */
const TAKES_FILES = "encoded_image";

const { service } = OpenInference;

const METHODS = {
  live: service.ServerLive,
  ready: service.ServerReady,
  modelReady: service.ModelReady,
  server: plain(service.ServerMetadata, REPLY_SHAPES.ServerMetadata),
  model: plain(service.ModelMetadata, REPLY_SHAPES.ModelMetadata),
  index: plain(service.RepositoryIndex, REPLY_SHAPES.RepositoryIndex),
};

/** A model that can be asked. */
export interface OpenOffer {
  /** As the server describes it. */
  readonly model: OpenModel;
  /** How it is asked. */
  readonly described: Described;
}

/** What a catalogue is made of. */
export interface OpenCatalogueParts {
  /** As configured, for messages. */
  readonly server: string;
  /** The way to the server. */
  readonly channel: Pick<Channel, "call">;
  /** Hold models against manifests. */
  readonly pictures: Pick<PictureWorkers, "ask">;
  /** Names of models, for servers that do not tell theirs. */
  readonly models: readonly string[];
}

/** A name, and which of that name. */
type Listed = Pick<OpenModel, "name" | "version">;

/** What was found of a model. */
type Found = OpenOffer | NotOffered;

/** Knows what a server offers since it was last looked at. */
export class OpenCatalogue {
  #offers: readonly OpenOffer[] = [];
  readonly #doubted = new Set<OpenModel>();
  #program = "";
  /** Why models are not offered, as it was told. */
  #told = new Map<string, string>();

  /** Knows nothing before the first look. */
  constructor(private readonly parts: OpenCatalogueParts) {}

  /** Models that can be asked; of a name the older version first. */
  get offers(): readonly OpenOffer[] {
    return this.#offers;
  }

  /** What the server calls itself. */
  get program(): string {
    return this.#program;
  }

  /** Has a model described anew at the next look: it does not do as it says. */
  doubt(model: OpenModel): void {
    if (this.#offers.some((offer) => offer.model === model)) this.#doubted.add(model);
  }

  /**
   * Asks the server how it is and what it has.
   *
   * @throws {SmarteyeError} as a `Backend`'s `status` does; `unavailable` when it is not alive, or neither
   * ready itself nor any of its models.
   */
  async look(limits: CallLimits): Promise<ServerNews> {
    const { channel } = this.parts;
    const call = <Request, Wire>(method: Method<Request, Wire>, request: Request) =>
      channel.call(method, request, (wire) => wire, limits);
    const [{ live }, { ready }, server, listed] = await Promise.all([
      call(METHODS.live, {}),
      call(METHODS.ready, {}),
      call(METHODS.server, {}),
      this.#listed(limits),
    ]);
    if (!live) throw new SmarteyeError("unavailable", "it says that it is not alive");
    const takesFiles = server.extensions.includes(TAKES_FILES);
    if (server.name !== this.#program) this.#offers = []; // another program stands there now
    this.#program = server.name;
    const found: Found[] = [...listed.notOffered];
    for (let at = 0; at < listed.ready.length; at += AT_ONCE) {
      const some = listed.ready.slice(at, at + AT_ONCE);
      found.push(...await Promise.all(some.map((one) => this.#find(one, takesFiles, limits))));
    }
    this.#offers = found.filter((one) => "model" in one)
      .sort((a, b) => compareVersions(a.model.version, b.model.version));
    this.#doubted.clear();
    if (!ready && this.#offers.length === 0) {
      throw new SmarteyeError("unavailable", "it says that it is not ready");
    }
    const notOffered = found.filter((one) => "why" in one);
    this.#tell(notOffered);
    return {
      version: [server.name, server.version].join(" ").trim(),
      load: undefined,
      models: this.#offers.map(statusOf),
      notOffered,
      draining: false,
    };
  }

  /**
   * Those of its index, or where there is nothing in one, the configured ones: MLServer leaves out what was
   * not read from its folder.
   */
  async #listed(limits: CallLimits): Promise<{ ready: Listed[]; notOffered: NotOffered[] }> {
    const { channel, models } = this.parts;
    const index = await channel.call(
      METHODS.index,
      { repositoryName: "", ready: false },
      (wire) => wire.models,
      limits,
    ).catch((error) => {
      if (isSmarteyeError(error) && isUnimplemented(error)) return undefined;
      throw error;
    });
    if (!index || index.length === 0) {
      return {
        ready: models.map(parseReference).map(({ name, version = "" }) => ({ name, version })),
        notOffered: [],
      };
    }
    if (index.length > MODELS_MAX) {
      throw new SmarteyeError(
        "failed_precondition",
        `its index has ${index.length} models, at most ${MODELS_MAX} are wanted`,
      );
    }
    const isReady = ({ state }: { readonly state: string }) => READY.test(state);
    // Of those that nobody has loaded there is nothing to say.
    const unready = index.filter((one) =>
      !isReady(one) && (one.reason !== "" || one.state.endsWith("LOADING"))
    );
    return {
      ready: index.filter(isReady).map(({ name, version }) => ({ name, version })),
      notOffered: unready.map(({ name, state, reason }) =>
        notOffered(name, `it is ${state || "not ready"} there${reason ? `: ${reason}` : ""}`)
      ),
    };
  }

  async #find(listed: Listed, takesFiles: boolean, limits: CallLimits): Promise<Found> {
    const { name, version } = listed;
    const known = this.#offers.find(({ model }) =>
      model.name === name && model.version === version &&
      model.takesFiles === takesFiles && !this.#doubted.has(model)
    );
    const { channel, pictures } = this.parts;
    try {
      const ready = await channel.call(METHODS.modelReady, listed, (wire) => wire.ready, limits);
      if (!ready) return notOffered(name, "it is not ready there");
      if (known) return known;
      const { inputs, outputs } = await channel.call(METHODS.model, listed, (wire) => wire, limits);
      const model = {
        name,
        version,
        takesFiles,
        inputs: inputs.map(headOf),
        outputs: outputs.map(headOf),
      };
      return { model, described: await pictures.ask({ kind: "describe", model }, [], limits) };
    } catch (error) {
      const { code, message } = asSmarteyeError(error, "describe the model");
      // These say nothing about the model. KServe calls one UNAVAILABLE that is not ready.
      if (code === "deadline_exceeded" || code === "cancelled") throw error;
      return notOffered(name, message);
    }
  }

  /** Once each, and again when it is another reason. */
  #tell(models: readonly NotOffered[]): void {
    const { server } = this.parts;
    for (const { name, why } of models) {
      if (this.#told.get(name) === why) continue;
      log.warn("{server} has the model {name}, which is not offered: {why}", { server, name, why });
    }
    this.#told = new Map(models.map(({ name, why }) => [name, why]));
  }
}

/** Looks at what comes before it is decoded. */
function plain<Request, Wire>(
  method: Method<Request, Wire>,
  shape: MessageShape,
): Method<Request, Wire> {
  const { path, requestSerialize, responseDeserialize } = method;
  return {
    path,
    requestSerialize,
    responseDeserialize: (bytes) => decodePlain(bytes, shape, responseDeserialize),
  };
}

function headOf(
  { name, datatype, shape }: {
    name: string;
    datatype: string;
    shape: readonly (string | number)[];
  },
) {
  return { name, datatype, shape: shape.map(Number) };
}

function statusOf({ model: { name, version }, described }: OpenOffer): ModelStatus {
  const { service, accuracy } = described;
  return { name, version, service, accuracy, state: "ready", latencyMs: undefined, detail: "" };
}

function notOffered(name: string, why: string): NotOffered {
  return { name: name.slice(0, WHY_MAX), why: why.slice(0, WHY_MAX) };
}
