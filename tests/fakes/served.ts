/** A gRPC server with one loaded model, and a client of all that it speaks. */

import {
  type CallOptions,
  Client,
  credentials,
  type Metadata,
  type ServiceDefinition,
  type StatusObject,
} from "@grpc/grpc-js";
import { service as healthService } from "grpc-health-check";
import { MachineLoadMeter } from "../../inference/machine_load.ts";
import { type InferenceServer, listen } from "../../inference/server.ts";
import { InferenceService } from "../../inference/service.ts";
import type { Manifest } from "../../models/manifest.ts";
import type { InferenceDefinition } from "../../proto/generated/smarteye/v1/Inference.ts";
import type { InferReply } from "../../proto/generated/smarteye/v1/InferReply.ts";
import type { InferRequestMessage } from "../../proto/generated/smarteye/v1/InferRequest.ts";
import { Inference } from "../../proto/grpc_service.ts";
import { Bench } from "./bench.ts";

/** A listening server with one loaded model, and a client of it. */
export class Served implements AsyncDisposable {
  readonly bench = new Bench();
  readonly service: InferenceService;
  server!: InferenceServer;
  /** Trailers of the last call that ended, well or not. */
  trailers: Metadata | undefined;
  #client!: Client;

  private constructor() {
    const { clock } = this.bench;
    const machine = new MachineLoadMeter(clock);
    const limits = { pixelsMax: 10_000, scoreThreshold: undefined };
    this.service = new InferenceService({ machine, clock, ...limits });
  }

  /** A server that has loaded its model. */
  static async open(...others: Partial<Manifest>[]): Promise<Served> {
    const served = await Served.starting();
    const models = [{ name: "tiny" }, { name: "asleep" }, ...others];
    const engine = await served.bench.engine(models);
    for (const { name } of [models[0]!, ...others]) await engine.repository.load(name!);
    served.service.serve(engine);
    return served;
  }

  /** A server that has still to load it. */
  static async starting(): Promise<Served> {
    const served = new Served();
    served.server = await served.listen(0);
    const address = `127.0.0.1:${served.server.port}`;
    served.#client = new Client(address, credentials.createInsecure());
    return served;
  }

  listen(port: number): Promise<InferenceServer> {
    return listen(this.service, {
      listen: { host: "127.0.0.1", port },
      connectionsMax: 16,
      bodyBytesMax: 100_000,
      bodyTimeoutMs: 5000,
      streamsMax: 64,
      clock: this.bench.clock,
    });
  }

  /** Calls a method of ours. */
  call<Reply>(
    method: keyof InferenceDefinition & string,
    request: unknown = {},
    options: CallOptions = {},
  ): Promise<Reply> {
    return this.callOf(Inference.service, method, request, options);
  }

  /** Calls a method of any service. */
  callOf<Reply>(
    service: ServiceDefinition,
    method: string,
    request: unknown = {},
    options: CallOptions = {},
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = service[method]!;
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        options,
        (error, reply) => error ? reject(error) : resolve(reply as Reply),
      ).on("status", ({ metadata }: StatusObject) => this.trailers = metadata);
    });
  }

  /** Asks `grpc.health.v1.Health`. */
  async health(service: string): Promise<string> {
    const reply = await this.callOf<{ status: string }>(healthService, "Check", { service });
    return reply.status;
  }

  /** Watches `grpc.health.v1.Health`, until the iteration ends. */
  async *watch(service: string): AsyncGenerator<string> {
    const { path, requestSerialize, responseDeserialize } = healthService["Watch"]!;
    const stream = this.#client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { service },
    );
    stream.on("error", () => {}); // that it was cancelled
    try {
      for await (const reply of stream) yield (reply as { status: string }).status;
    } finally {
      stream.cancel();
    }
  }

  infer(request: Partial<InferRequestMessage>, options?: CallOptions): Promise<InferReply> {
    return this.call("Infer", { model: "tiny", ...request }, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    await this.server.close(1000);
    await this.bench[Symbol.asyncDispose]();
  }
}
