/** A server with one loaded model in this process, in real time, and clients of it. */

import {
  type ChannelCredentials,
  Client as GrpcClient,
  credentials,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { service as healthService } from "grpc-health-check";
import { type Clock, systemClock } from "../../core/clock.ts";
import { MachineLoadMeter } from "../../inference/machine_load.ts";
import {
  type InferenceServer,
  type InferenceServerOptions,
  listen,
} from "../../inference/server.ts";
import { InferenceService } from "../../inference/service.ts";
import { Inference } from "../../proto/grpc_service.ts";
import { Bench } from "./bench.ts";
import { plain } from "./pictures.ts";

const SIZE = { width: 64, height: 48 };

/** A request that is answered with one detection. */
export const REQUEST = {
  model: "tiny",
  raw: { ...SIZE, rgb: plain(64, 48, [255, 255, 255]).data },
} as const;

const USUAL = {
  listen: { host: "127.0.0.1", port: 0 },
  connectionsMax: 300,
  bodyBytesMax: 1_000_000,
  bodyTimeoutMs: 5000,
  streamsMax: 64,
};

function serviceOf(clock: Clock): InferenceService {
  const machine = new MachineLoadMeter(clock);
  return new InferenceService({ machine, clock, pixelsMax: 1_000_000, scoreThreshold: undefined });
}

/** A listening server. Its clients are closed with it. */
export class Serving implements AsyncDisposable {
  readonly #clients: { close(): void }[] = [];

  /** Only listens, without models. */
  static async listen(said: Partial<InferenceServerOptions>): Promise<void> {
    const clock = systemClock;
    const server = await listen(serviceOf(clock), { ...USUAL, clock, ...said });
    await server.close(0);
  }

  private constructor(
    private readonly bench: Bench,
    readonly server: InferenceServer,
  ) {}

  /** One that has loaded its model; what is not said is as usual. */
  static async open(said: Partial<InferenceServerOptions> = {}): Promise<Serving> {
    const bench = new Bench();
    const { clock = systemClock } = said;
    const service = serviceOf(clock);
    const server = await listen(service, { ...USUAL, clock, ...said });
    const engine = await bench.engine([{ name: "tiny" }], { clock, queueLengthMax: 1000 });
    await engine.repository.load("tiny");
    service.serve(engine);
    return new Serving(bench, server);
  }

  get port(): number {
    return this.server.port;
  }

  /** A client with a connection of its own. */
  client(by: ChannelCredentials = credentials.createInsecure(), token?: string): Client {
    const inner = new Inference(`localhost:${this.port}`, by, {
      "grpc.use_local_subchannel_pool": 1,
      "grpc.initial_reconnect_backoff_ms": 100,
    });
    this.#clients.push(inner);
    return new Client(inner, token);
  }

  /** What it tells of itself to whoever asks. */
  health(): Promise<string> {
    const { path, requestSerialize, responseDeserialize } = healthService["Check"]!;
    const asking = new GrpcClient(`localhost:${this.port}`, credentials.createInsecure());
    this.#clients.push(asking);
    return new Promise((resolve, reject) => {
      asking.makeUnaryRequest(
        ...[path, requestSerialize, responseDeserialize, { service: "" }] as const,
        (error, reply) => error ? reject(error) : resolve((reply as { status: string }).status),
      );
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.server.close(500);
    await this.bench[Symbol.asyncDispose]();
  }
}

/** A client in good faith. */
export class Client {
  constructor(
    private readonly inner: InstanceType<typeof Inference>,
    private readonly token?: string,
  ) {}

  /** The labels that are found; rejects with the status. */
  infer(): Promise<string[]> {
    const metadata = new Metadata();
    if (this.token !== undefined) metadata.set("authorization", `Bearer ${this.token}`);
    const deadline = Date.now() + 20_000;
    return new Promise((resolve, reject) => {
      this.inner.Infer(REQUEST, metadata, { deadline }, (error, reply) => {
        if (error) reject(error);
        else resolve(reply!.detections.map(({ label }) => label));
      });
    });
  }

  /** Its status code instead of what is found. */
  status(): Promise<number> {
    return this.infer().then(() => 0, (error: ServiceError) => error.code);
  }

  close(): void {
    this.inner.close();
  }
}
