/** What servers of the Open Inference Protocol offer, and how their networks are asked. */

import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import type { InferReply } from "../core/infer.ts";
import { ROWS_TOLD, rowsReply } from "./fakes/open_server.ts";
import { CAR, JPEG, limitsOf, RAW, SIZE, withRows } from "./rigs/other_backend.ts";

Deno.test("a bare network gets tensors by its manifest, and is read by it", async () => {
  await withRows(async (server, { backend, news }) => {
    assert.deepEqual(news, {
      version: "scripted 1",
      load: undefined,
      models: [{
        ...{ name: "m", version: "1", service: "detection", state: "ready", detail: "" },
        ...{ accuracy: undefined, latencyMs: undefined },
      }],
      notOffered: [],
      draining: false,
    });
    const ids = new Set<string>();
    server.script.infer = (request) => {
      const { modelName, modelVersion, id, inputs, outputs, rawInputContents, parameters } =
        request;
      assert.deepEqual([modelName, modelVersion], ["m", "1"]);
      const [input, ...more] = inputs;
      assert.deepEqual([input!.name, input!.datatype, input!.shape], ["images", "FP32", [
        "1",
        "3",
        "32",
        "32",
      ]]);
      assert.deepEqual([more.length, input!.contents, parameters], [0, null, {}]);
      assert.deepEqual(outputs.map(({ name }) => name), ["rows"]);
      const bytes = new Uint8Array(rawInputContents[0]!);
      assert.ok(Math.abs(new Float32Array(bytes.buffer)[0]! - 114) <= 1);
      ids.add(id);
      return rowsReply({ id });
    };
    for (const image of [RAW, JPEG]) {
      for (const model of ["m", "m@1"]) {
        const { findings, timingsMs, ...others } = await backend.infer(
          { model },
          image,
          limitsOf(),
        ) as InferReply;
        assert.deepEqual(findings, { detections: [CAR] });
        assert.deepEqual(others, { model: "m", ...SIZE, load: undefined });
        const { total, ...stages } = timingsMs;
        const sum = Object.values(stages).reduce((a, b) => a + b, 0);
        assert.ok(Math.abs(sum - total) < 0.001, JSON.stringify(timingsMs));
        assert.ok(timingsMs.infer > 0 && (image.kind === "raw") === (timingsMs.decode === 0));
      }
    }
    assert.deepEqual([ids.size, ids.has("")], [4, false]);
    const sure = await backend.infer(
      { model: "m", scoreThreshold: 0.95 },
      RAW,
      limitsOf(),
    ) as InferReply;
    assert.deepEqual(sure.findings, { detections: [] });
  });
});

Deno.test("values in place of bytes are read, too, and Triton is told how long to wait", async () => {
  await withRows(async (server, { backend }) => {
    server.script.infer = ({ id, parameters }) => {
      assert.ok(Number(parameters["timeout"]?.int64Param) > 1_000_000);
      const fp32Contents = [4, 8, 20, 24, 0.9, 1, ...new Array(6).fill(0)];
      const output = {
        name: "rows",
        datatype: "FP32",
        shape: [1, 2, 6],
        contents: { fp32Contents },
      };
      return { id, modelName: "m", outputs: [output] };
    };
    const { findings } = await backend.infer({ model: "m" }, RAW, limitsOf()) as InferReply;
    assert.deepEqual(findings, { detections: [CAR] });
  }, ({ script }) => script.program = "triton");
});

Deno.test("what cannot be asked is not offered, and why is told", async () => {
  const ready = (name: string) => ({ name, version: "1", state: "READY", reason: "" });
  await withRows(async (server, { backend, news }) => {
    const why = Object.fromEntries(news.notOffered!.map(({ name, why }) => [name, why]));
    assert.deepEqual(news.models.map(({ name }) => name), ["m"]);
    assert.deepEqual(Object.keys(why).sort(), [
      "broken",
      "gone",
      "loading",
      "nameless",
      "stranger",
      "wide",
    ]);
    assert.match(why["broken"]!, /^it is UNAVAILABLE there: no such file$/);
    assert.match(why["loading"]!, /^it is LOADING there$/);
    assert.match(why["gone"]!, /^there is no such model$/);
    assert.match(why["nameless"]!, /^the server does not tell its inputs/);
    assert.match(
      why["stranger"]!,
      /^there is no manifest of that name, one in the model directory/,
    );
    assert.match(
      why["wide"]!,
      /^it takes picture BYTES \[1\] and gives answer FP32 \[1, 5\], scores, /,
    );
    const asked = backend.infer({ model: "wide" }, RAW, limitsOf());
    await assert.rejects(asked, { code: "not_found", message: /does not offer it/ });
    const wrong = backend.infer({ model: "m", service: "classification" }, RAW, limitsOf());
    await assert.rejects(wrong, { code: "invalid_argument", message: /it does detection/ });
    assert.equal(server.calls["ModelMetadata"], 4, "what is not ready is not asked about");
    await backend.status(limitsOf());
    assert.equal(server.calls["ModelMetadata"], 7, "what is known is not asked about again");
  }, ({ script }) => {
    script.index = [
      ...["m", "gone", "nameless", "stranger", "wide"].map(ready),
      { name: "broken", version: "", state: "UNAVAILABLE", reason: "no such file" },
      { name: "loading", version: "", state: "LOADING", reason: "" },
      { name: "asleep", version: "", state: "UNAVAILABLE", reason: "" },
    ];
    script.models = {
      m: ROWS_TOLD,
      nameless: { ...ROWS_TOLD, inputs: [] },
      stranger: ROWS_TOLD,
      wide: {
        inputs: [{ name: "picture", datatype: "BYTES", shape: [1] }],
        outputs: [{ name: "answer", datatype: "FP32", shape: [1, 5] }],
      },
    };
  });
});

Deno.test("a server without an index has the models that are configured", async () => {
  await withRows(async (server, { backend, news }) => {
    assert.deepEqual(news.models.map(({ name, version }) => [name, version]), [["m", ""]]);
    assert.deepEqual(news.notOffered, [{ name: "absent", why: "there is no such model" }]);
    const { findings } = await backend.infer({ model: "m" }, RAW, limitsOf()) as InferReply;
    assert.deepEqual(findings, { detections: [CAR] });
    server.script.live = false;
    await assert.rejects(backend.status(limitsOf()), { code: "unavailable", message: /not alive/ });
    server.script.live = true;
    server.script.ready = false; // as KServe's is while any of its models is not
    assert.equal((await backend.status(limitsOf())).models.length, 1);
    server.script.models = {};
    await assert.rejects(backend.status(limitsOf()), { code: "unavailable", message: /not ready/ });
  }, ({ script }) => script.index = undefined);
});

Deno.test("a model that was loaded anew with other tensors is described anew", async () => {
  await withRows(async (server, { backend }) => {
    // Without the axis of pictures, neither in its input nor in its output.
    const [images, rows] = [[3, 32, 32], [2, 6]].map((shape) => ({ datatype: "FP32", shape }));
    const outputs = [{ name: "rows", ...rows! }];
    server.script.models = { m: { inputs: [{ name: "images", ...images! }], outputs } };
    server.script.infer = ({ id, inputs: [input] }) =>
      input!.shape.length === 3
        ? rowsReply({ id, outputs })
        : { code: status.INVALID_ARGUMENT, details: "unexpected shape" };
    const infer = () => backend.infer({ model: "m" }, RAW, limitsOf());
    await assert.rejects(infer(), { code: "failed_precondition", message: "unexpected shape" });
    await backend.status(limitsOf());
    const { findings } = await infer() as InferReply;
    assert.deepEqual(findings, { detections: [CAR] });
  });
});
