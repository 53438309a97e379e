/** The forwarder over real sockets: HTTP in front of it, gRPC behind it. */

import assert from "node:assert/strict";
import { status as Status } from "@grpc/grpc-js";
import { type ScriptedServer, startScriptedServer } from "./fakes/grpc_server.ts";
import { pngHeader, webpHeader } from "./fakes/image_headers.ts";
import { backoffOver, JPEG, sanitized, world } from "./fakes/forwarder_world.ts";
import { InferAnswer, ServersAnswer } from "../proto/http_codec.ts";

/** That an answer tells where the time went, as far as that can be known without a clock of its own. */
function tellsItsTime({ process_time, stages_ms, load, received }: InferAnswer): void {
  assert.ok(process_time > 0 && process_time < 5);
  const { receive, queue, infer, answer } = stages_ms!;
  assert.ok(receive >= 0 && receive < 5000);
  assert.ok(Math.abs(queue + infer + answer - process_time * 1000) < 1e-6);
  assert.ok(load !== undefined && received !== undefined);
}

Deno.test("an image is inferred, as a body and as a form", sanitized, async () => {
  await world(1, {}, async ({ post, servers: [server], base }) => {
    for (
      const [type, body] of [
        ["image/jpeg", JPEG],
        ["image/png", pngHeader(64, 48)],
        ["image/webp; x=y", webpHeader(64, 48)],
        ["image/jpeg", pngHeader(64, 48)],
        ["image/jpg", JPEG],
        ["application/octet-stream", JPEG],
      ] as const
    ) {
      const response = await post("model=m&service=detection&frame=3&deadline_ms=900", body, {
        "content-type": type,
      });
      assert.equal(response.status, 200, type);
      const answer = InferAnswer.parse(await response.json());
      assert.equal(answer.server, server!.name);
      assert.deepEqual([answer.model, answer.width, answer.detections], ["m", 64, []]);
      tellsItsTime(answer);
    }
    for (const inQuery of [false, true]) {
      const form = new FormData();
      form.set("image", new File([JPEG], "a.jpg", { type: "image/jpeg" }));
      if (!inQuery) form.set("model", "m");
      const response = await fetch(`${base}/image_handler${inQuery ? "?model=m" : ""}`, {
        method: "POST",
        body: form,
      });
      tellsItsTime(InferAnswer.parse(await response.json()));
    }
    const { servers, received } = ServersAnswer.parse(
      await (await fetch(`${base}/v1/servers`)).json(),
    );
    assert.equal(servers[0]!.state, "ready");
    assert.ok(Math.abs(received!.at_ms - Date.now()) < 60_000);
    assert.deepEqual(server!.received, [
      ...[JPEG.length, 64, 40, 64],
      ...new Array(4).fill(JPEG.length),
    ]);
  });
});

Deno.test(
  "what is wrong with a request is said, and the next one is served",
  sanitized,
  async () => {
    await world(1, {}, async ({ post, refused, base, servers: [server] }) => {
      const form = (entries: Record<string, string | File>) => {
        const data = new FormData();
        for (const [name, value] of Object.entries(entries)) data.set(name, value);
        return data;
      };
      const plain = new Uint8Array(500).fill(120);
      const image = new File([JPEG], "a.jpg", { type: "image/jpeg" });
      const gif = new File(["GIF89a"], "a.gif", { type: "image/gif" });
      const jpeg = { "content-type": "image/jpeg" };
      const broken = { "content-type": "multipart/form-data; boundary=x" };
      const cases: [
        status: number,
        code: string,
        detail: RegExp,
        asked: [query?: string, body?: BodyInit, headers?: HeadersInit],
      ][] = [
        [400, "invalid_argument", /JPEG, PNG or WebP file is wanted/, ["model=m", plain, jpeg]],
        [400, "invalid_argument", /there are no bytes/, ["model=m", new Uint8Array(), jpeg]],
        [400, "invalid_argument", /Cannot read the image/, ["model=m", JPEG.slice(0, 10), jpeg]],
        [400, "invalid_argument", /0×10 pixels/, ["model=m", pngHeader(0, 10), jpeg]],
        [400, "invalid_argument", /model is missing/, [""]],
        [400, "invalid_argument", /service is "ocr"/, ["model=m&service=ocr"]],
        [400, "invalid_argument", /deadline_ms is "0"/, ["model=m&deadline_ms=0"]],
        [400, "invalid_argument", /the form has model, a file/, ["", form({ model: "m" }), {}]],
        [400, "invalid_argument", /Cannot read the image/, [
          "",
          form({ model: "m", image: "x" }),
          {},
        ]],
        [400, "invalid_argument", /Cannot read the form/, ["model=m", "--y", broken]],
        [404, "not_found", /"nope".*offered is wanted \(m\)/, ["model=nope"]],
        [404, "not_found", /"nope"/, ["", form({ model: "nope", image }), {}]],
        [413, "payload_too_large", /10000×6000 pixels/, ["model=m", pngHeader(10_000, 6000)]],
        [413, "payload_too_large", /1000001 bytes/, ["model=m", new Uint8Array(1_000_001)]],
        [415, "unsupported_media_type", /"text\/plain"/, ["model=m", "x", {
          "content-type": "text/plain",
        }]],
        [400, "invalid_argument", /selected_model, frame_shape, frame is missing/, [
          "",
          new URLSearchParams("a=b"),
          {},
        ]],
        [415, "unsupported_media_type", /content encoding is "gzip", none is wanted/, [
          "model=m",
          JPEG,
          { "content-type": "image/jpeg", "content-encoding": "gzip" },
        ]],
        [415, "unsupported_media_type", /the image.*"image\/gif"/, [
          "model=m",
          form({ image: gif }),
          {},
        ]],
      ];
      for (const [status, code, detail, asked] of cases) {
        assert.match(await refused(await post(...asked), status, code), detail);
        assert.deepEqual(InferAnswer.parse(await (await post()).json()).model, "m");
      }
      assert.equal(server!.received.length, cases.length, "no bad request reached the server");

      await refused(await fetch(`${base}/nowhere`), 404, "not_found");
      const wrong = await fetch(`${base}/image_handler`);
      assert.equal(wrong.headers.get("allow"), "POST");
      await refused(wrong, 405, "invalid_argument");
      await refused(await fetch(`${base}/readyz`, { method: "DELETE" }), 405, "invalid_argument");
    });
  },
);

Deno.test("a server's refusal reaches the client under its status", sanitized, async () => {
  await world(2, {}, async ({ post, refused, servers }) => {
    const all = (infer: ScriptedServer["script"]["infer"]) => {
      for (const { script } of servers) script.infer = infer;
    };
    const cases: [Status, number, string, tries: number][] = [
      [Status.INVALID_ARGUMENT, 400, "invalid_argument", 1],
      [Status.OUT_OF_RANGE, 413, "payload_too_large", 1],
      [Status.DEADLINE_EXCEEDED, 504, "deadline_exceeded", 1],
      [Status.RESOURCE_EXHAUSTED, 503, "overloaded", 2],
      [Status.FAILED_PRECONDITION, 500, "failed_precondition", 2],
      [Status.ABORTED, 503, "aborted", 2],
      [Status.INTERNAL, 500, "internal", 2],
    ];
    for (const [code, status, error, tries] of cases) {
      const before = servers.flatMap(({ received }) => received).length;
      all(() => ({ code, details: "because" }));
      assert.match(await refused(await post(), status, error), /because$/);
      assert.equal(servers.flatMap(({ received }) => received).length - before, tries);
      all(() => "ok");
      assert.equal((await (await post()).json()).model, "m");
    }
  });
});

Deno.test("a request is tried on another server when the first cannot", sanitized, async () => {
  const cases: [Status, state: string][] = [
    [Status.UNAVAILABLE, "down"],
    [Status.INTERNAL, "ready"],
    [Status.UNKNOWN, "ready"],
    [Status.ABORTED, "ready"],
    [Status.FAILED_PRECONDITION, "ready"],
    [Status.RESOURCE_EXHAUSTED, "ready"],
    [Status.NOT_FOUND, "ready"],
  ];
  for (const [code, state] of cases) {
    await world(2, {}, async ({ post, servers: [bad, good], base }) => {
      bad!.script.infer = () => ({ code, details: "not me" });
      const answer = InferAnswer.parse(await (await post()).json());
      assert.equal(answer.server, good!.name);
      const { servers } = ServersAnswer.parse(await (await fetch(`${base}/v1/servers`)).json());
      assert.deepEqual(servers.map((one) => [one.state, one.in_flight]), [
        [state, 0],
        ["ready", 0],
      ]);
      assert.equal(servers[0]!.detail, state === "down" ? "not me" : "");
      for (let i = 0; i < 4; i++) await (await post()).json();
      const passedOver = code === Status.UNAVAILABLE || code === Status.NOT_FOUND;
      assert.equal(bad!.received.length === 1, passedOver, "passed over from then on");
    });
  }
});

Deno.test("a model that was just unloaded everywhere is not found", sanitized, async () => {
  await world(2, {}, async ({ post, refused, servers }) => {
    for (const { script } of servers) {
      script.infer = () => ({ code: Status.NOT_FOUND, details: "unloaded" });
    }
    await refused(await post(), 404, "not_found");
    assert.deepEqual(servers.map(({ received }) => received.length), [1, 1]);
  });
});

Deno.test("no server up: 503 at once, and not ready", sanitized, async () => {
  await world(0, { servers: ["127.0.0.1:1"] }, async ({ post, refused, base }) => {
    assert.match(await refused(await post(), 503, "unavailable"), /no inference server is up/);
    assert.match(await refused(await fetch(`${base}/readyz`), 503, "unavailable"), /no inference/);
    assert.equal((await (await fetch(`${base}/healthz`)).json()).status, "alive");
    const { servers } = ServersAnswer.parse(await (await fetch(`${base}/v1/servers`)).json());
    assert.equal(servers[0]!.state, "down");
    assert.match(servers[0]!.detail, /^connect ECONNREFUSED 127\.0\.0\.1:1$/);
  });
  await backoffOver();
});

Deno.test("a draining server is passed over", sanitized, async () => {
  const draining = await startScriptedServer();
  draining.script.draining = true;
  await world(0, { servers: [draining.name] }, async ({ post, refused, base }) => {
    assert.match(await refused(await post(), 503, "unavailable"), /no inference server is up/);
    const { servers } = ServersAnswer.parse(await (await fetch(`${base}/v1/servers`)).json());
    assert.equal(servers[0]!.state, "draining");
  });
  draining.kill();
});

Deno.test("metrics tell what happened, and no label is a stranger's word", sanitized, async () => {
  await world(2, {}, async ({ post, base, servers: [first, second] }) => {
    first!.script.infer = () => ({ code: Status.UNAVAILABLE, details: "gone" });
    await (await post()).json();
    for (const name of ["evil1", "evil2"]) await (await post(`model=${name}`)).json();
    await (await post("model=m", "x")).json();
    const response = await fetch(`${base}/metrics`);
    assert.match(response.headers.get("content-type")!, /^text\/plain; version=0.0.4/);
    const text = await response.text();
    for (
      const line of [
        `requests_total{wire="smarteye",status="200",model="m"} 1`,
        `requests_total{wire="smarteye",status="404",model="other"} 2`,
        `requests_total{wire="smarteye",status="400",model="m"} 1`,
        `received_bytes_total ${JPEG.length + 1}`,
        `dispatches_total{server="${first!.name}",outcome="failed"} 1`,
        `dispatches_total{server="${second!.name}",outcome="success"} 1`,
        `failures_total{server="${first!.name}",code="unavailable"} 1`,
        `retries_total{code="unavailable"} 1`,
        `server_up{server="${first!.name}"} 0`,
        `server_up{server="${second!.name}"} 1`,
        `server_in_flight{server="${second!.name}"} 0`,
        `request_duration_seconds_count{status="200"} 1`,
        `stage_duration_seconds_sum{stage="infer"} 0.005`,
        "receive_duration_seconds_count 1",
        "requests_in_flight 0",
      ]
    ) assert.ok(text.includes(`smarteye_forwarder_${line}\n`), `${line} in\n${text}`);
    assert.match(text, /sent_bytes_total [1-9]/);
    assert.doesNotMatch(text, /evil/);
  });
});

Deno.test(
  "a score that is a little out of bounds loses no frame, and is counted",
  sanitized,
  async () => {
    await world(1, {}, async ({ post, base, servers: [server] }) => {
      const box = [0, 0, 9, 9] as const;
      server!.script.findings = {
        detections: [1.004, -0.001, 0.5].map((score) => ({
          label: "car",
          class_id: 0,
          score,
          box,
        })),
      };
      const { detections } = InferAnswer.parse(await (await post()).json());
      assert.deepEqual(detections!.map(({ score }) => score), [1, 0, 0.5]);
      const metrics = await (await fetch(`${base}/metrics`)).text();
      assert.ok(metrics.includes(`clamped_scores_total{server="${server!.name}"} 2\n`));
    });
  },
);
