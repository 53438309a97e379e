/** Requests that the routes do not take: what they are told. */

import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import { MachineLoadMeter } from "../machine_load.ts";
import { InferenceService } from "../service.ts";
import { Telemetry } from "../telemetry.ts";
import { BearerToken } from "../../web/bearer_token.ts";
import { routes } from "./routes.ts";

const clock = new FakeClock();
const service = new InferenceService({
  ...{ machine: new MachineLoadMeter(clock), clock, pixelsMax: 10_000, scoreThreshold: undefined },
});
const limits = { pixelsMax: 9, bodyBytesMax: 10_000_000, bodyTimeoutMs: 5000, requestsMax: 9 };
const telemetry = new Telemetry(() => undefined);
const answer = routes({ service, telemetry, limits, token: undefined, clock });

const ask = (method: string, path: string, body?: string) =>
  answer(new Request(`http://x${path}`, { method, ...(body === undefined ? {} : { body }) }));

Deno.test("a method that a path does not take is told apart from a path that is not there", async () => {
  const cases: [method: string, path: string, status: number, allow: string | null][] = [
    ["POST", "/metrics", 405, "GET"],
    ["DELETE", "/v2", 405, "GET"],
    ["OPTIONS", "/v2/models/m/versions/1/infer", 405, "POST"],
    ["GET", "/v2/models/m/infer", 405, "POST"],
    ["GET", "/v2/repository/index", 405, "POST"],
    ["PUT", "/v2/models/m", 405, "GET"],
    ["GET", "/v3", 404, null],
    ["POST", "/v2/models/m/nothing", 404, null],
    ["HEAD", "/v2", 200, null],
  ];
  for (const [method, path, status, allow] of cases) {
    const response = await ask(method, path);
    await response.body?.cancel();
    assert.deepEqual([response.status, response.headers.get("allow")], [status, allow], path);
  }
});

Deno.test("who has no token is told whether the server is well, in the protocol's words too", async () => {
  const guarded = routes({ service, telemetry, limits, token: new BearerToken("t"), clock });
  const paths = {
    "/healthz": 200,
    "/readyz": 503,
    "/v2/health/live": 200,
    "/v2/health/ready": 503,
  };
  for (const [path, status] of Object.entries({ ...paths, "/v2": 401, "/metrics": 401 })) {
    assert.equal((await guarded(new Request(`http://x${path}`))).status, status, path);
  }
});

Deno.test("what a caller said is not said back at length", async () => {
  const long = "\u{1F600}".repeat(500_000);
  const bodies = [
    { inputs: [{ name: "x", datatype: long, shape: [1], data: [1] }] },
    { inputs: [], parameters: { timeout: long } },
  ];
  for (const body of bodies) {
    const response = await ask("POST", "/v2/models/m/infer", JSON.stringify(body));
    assert.equal(response.status, 400);
    assert.ok((await response.text()).length < 600);
  }
  const { status } = await ask("POST", `/v2/${"a".repeat(9000)}`);
  assert.equal(status, 404);
});

Deno.test("as many slow bodies as may be under way keep nobody from asking whether the server is well", async () => {
  const slow = Array.from({ length: limits.requestsMax }, () => {
    const body = new ReadableStream<Uint8Array>();
    return answer(new Request("http://x/v2/models/m/infer", { method: "POST", body }));
  });
  assert.equal((await ask("GET", "/healthz")).status, 200);
  assert.equal((await ask("GET", "/metrics")).status, 200);
  assert.equal((await ask("POST", "/v2/repository/index")).status, 503);
  const answered = await clock.until(Promise.all(slow));
  assert.ok(answered.every(({ status }) => status === 408));
});
