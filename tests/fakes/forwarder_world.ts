/** A forwarder over real sockets, as the tests of the whole of it want it. */

import assert from "node:assert/strict";
import { systemClock } from "../../core/clock.ts";
import { seededRng } from "../../core/rng.ts";
import { ErrorAnswer } from "../../proto/http_errors.ts";
import type { ForwarderOptions } from "../../forwarder/options.ts";
import { type ForwarderDeps, type RunningForwarder, startForwarder } from "../../forwarder/role.ts";
import { type ScriptedServer, startScriptedServer } from "./grpc_server.ts";
import { jpegHeader } from "./image_headers.ts";
import { FAILURE } from "./pool.ts";

/** A good image. */
export const JPEG: Uint8Array<ArrayBuffer> = jpegHeader(64, 48);

/** What a test does not say otherwise. */
export const OPTIONS: ForwarderOptions = {
  listen: { host: "127.0.0.1", port: 0 },
  servers: [],
  others: { models: [], directory: "/nowhere", scoreThreshold: undefined, workers: 1 },
  dispatchPolicy: "round_robin",
  policyParameters: {},
  decisionMs: 50,
  monitorIntervalMs: 60_000,
  deadlineMs: 5000,
  failure: FAILURE,
  limits: {
    bodyBytesMax: 1_000_000,
    pixelsMax: 50_000_000,
    bodyTimeoutMs: 4000,
    requestsMax: 8,
    arrivingMax: 64,
    bodyBytesPerSecMin: 0,
  },
  connectionsMax: 1024,
  corsOrigins: [],
  accessLog: "none",
  loadModels: false,
  json: false,
};

/** A forwarder in front of scripted servers. */
export interface World {
  /** The forwarder. */
  readonly forwarder: RunningForwarder;
  /** Its servers, each with the model `m`. */
  readonly servers: readonly ScriptedServer[];
  /** `http://host:port` of the forwarder. */
  readonly base: string;
  /** Posts an image, by default a good one with a good query. */
  post(query?: string, body?: BodyInit, headers?: HeadersInit): Promise<Response>;
  /** Asserts that the response is the error, and that the next good request is served. */
  refused(response: Response, status: number, code: string): Promise<string>;
}

/** Starts a world, runs a test in it, and ends it. */
export async function world(
  servers: number,
  options: Partial<ForwarderOptions>,
  test: (world: World) => Promise<void>,
  deps: Pick<ForwarderDeps, "print" | "reread"> = {},
): Promise<void> {
  const scripted = await Promise.all(Array.from({ length: servers }, () => startScriptedServer()));
  let forwarder: RunningForwarder;
  try {
    forwarder = await startForwarder(
      { ...OPTIONS, servers: scripted.map(({ name }) => name), ...options },
      { clock: systemClock, rng: seededRng(1), ...deps },
    );
  } catch (error) {
    for (const server of scripted) server.kill();
    throw error;
  }
  const base = new URL(forwarder.url).origin;
  const post = (
    query = "model=m",
    body: BodyInit = JPEG,
    headers: HeadersInit = { "content-type": "image/jpeg" },
  ) => fetch(`${forwarder.url}?${query}`, { method: "POST", body, headers });
  try {
    await test({
      forwarder,
      servers: scripted,
      base,
      post,
      async refused(response, status, code) {
        const text = await response.text();
        assert.equal(response.status, status, text);
        assert.equal(response.headers.get("content-type"), "application/json");
        const { error, detail } = ErrorAnswer.parse(JSON.parse(text));
        assert.equal(error, code);
        assert.equal(response.headers.has("retry-after"), status === 503 || status === 429);
        return detail;
      },
    });
  } finally {
    await forwarder.close();
    for (const server of scripted) server.kill();
  }
}

/**
 * A channel that is closed while its server is down leaves grpc-js's timer for the next connection
 * behind: it does nothing but run out, in at most half a second and its jitter.
 */
export const backoffOver = (): Promise<void> => systemClock.sleep(650);

/** What every test of sockets is held to: nothing is left open. */
export const sanitized = { sanitizeOps: true, sanitizeResources: true };
