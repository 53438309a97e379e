/** What stands between senders and servers: our forwarder by a policy, or an Envoy. */

import { fileURLToPath } from "node:url";
import { credentials } from "@grpc/grpc-js";
import { systemClock } from "../../core/clock.ts";
import { Inference } from "../../proto/grpc_service.ts";
import { stop, waitFor } from "../serve/child.ts";

/** What requests are sent through. */
export interface Target {
  readonly name: string;
  /** Sends a frame. @throws when it is not answered. */
  send(frame: Uint8Array<ArrayBuffer>): Promise<void>;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** Milliseconds that a request may take. */
const DEADLINE_MS = 10_000;

/** Starts a forwarder on a free port. */
export async function startForwarder(policy: string, servers: readonly string[]): Promise<Target> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", MAIN, "forward", "--listen", "127.0.0.1:0", "--policy", policy],
      ...["--servers", servers.join(","), "--json", "--log-level", "error"],
    ],
    env: { SMARTEYE_CONFIG: "" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const [, address] = await waitFor(process.stdout, /"listen":\s*"([^"]+)"/);
  const url = `http://${address}/image_handler?model=m&deadline_ms=${DEADLINE_MS}`;
  return {
    name: policy,
    async send(body) {
      const headers = { "content-type": "image/jpeg" };
      const response = await fetch(url, { method: "POST", body, headers });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`status ${response.status}`);
    },
    stop: () => stop(process),
  };
}

/** Starts an Envoy that sends gRPC to the server with the fewest requests, of two chosen at random. */
export async function startEnvoy(envoy: string, servers: readonly string[]): Promise<Target> {
  const port = freePort();
  const config = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(config, JSON.stringify(envoyConfig(port, servers)));
  const process = new Deno.Command(envoy, {
    args: ["-c", config, "--log-level", "error", "--use-dynamic-base-id", "--concurrency", "1"],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const client = new Inference(`127.0.0.1:${port}`, credentials.createInsecure());
  const send = (frame: Uint8Array<ArrayBuffer>) =>
    new Promise<void>((resolve, reject) => {
      const deadline = Date.now() + DEADLINE_MS;
      client.Infer({ model: "m", encoded: frame as never }, { deadline }, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  for (let i = 0; i < 50; i++) {
    const isUp = await send(new Uint8Array(1)).then(() => true, () => false);
    if (isUp) break;
    await systemClock.sleep(200);
  }
  return {
    name: "envoy LEAST_REQUEST",
    send,
    async stop() {
      client.close();
      await stop(process);
      await Deno.remove(config);
    },
  };
}

/** A port that nobody listens on. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/bootstrap/v3/bootstrap.proto */
export function envoyConfig(port: number, servers: readonly string[]) {
  const type = (name: string) => `type.googleapis.com/envoy.extensions.${name}`;
  const address = (host: string, port: number) => ({
    socket_address: { address: host, port_value: port },
  });
  const http2 = {
    "@type": type("upstreams.http.v3.HttpProtocolOptions"),
    explicit_http_config: { http2_protocol_options: {} },
  };
  const manager = {
    "@type": type("filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: "bench",
    codec_type: "AUTO",
    http_filters: [{
      name: "router",
      typed_config: { "@type": type("filters.http.router.v3.Router") },
    }],
    route_config: {
      virtual_hosts: [{
        name: "all",
        domains: ["*"],
        routes: [{ match: { prefix: "/" }, route: { cluster: "servers", timeout: "0s" } }],
      }],
    },
  };
  return {
    static_resources: {
      listeners: [{
        address: address("127.0.0.1", port),
        filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
      }],
      clusters: [{
        name: "servers",
        type: "STATIC",
        lb_policy: "LEAST_REQUEST",
        typed_extension_protocol_options: {
          "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": http2,
        },
        load_assignment: {
          cluster_name: "servers",
          endpoints: [{
            lb_endpoints: servers.map((server) => {
              const [host, port] = server.split(":");
              return { endpoint: { address: address(host!, Number(port)) } };
            }),
          }],
        },
      }],
    },
  };
}
