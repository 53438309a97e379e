import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { Catalogue } from "../models/catalogue.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { modelsOf } from "../tests/fakes/models.ts";
import { refused } from "../tests/fakes/refused.ts";
import { addModel } from "../tests/fakes/tiny_model.ts";
import { type LocalOptions, openLocalInference } from "./local_inference.ts";

Deno.test("an accelerator that is asked for is there, or the edge does not begin", async () => {
  await using folder = new Folder();
  addModel(folder);
  const catalogue = await Catalogue.open(folder.path);
  const options: LocalOptions = {
    ...{ service: "detection", model: "tiny", models: modelsOf(folder.path), edgeModels: [] },
    ...{ localWorkers: undefined, cores: 2, gpu: 99, ortLib: folder.path },
  };
  const message = await refused(
    openLocalInference(options, catalogue, new FakeClock()),
    "failed_precondition",
  );
  assert.match(message, /^Cannot use accelerator 99: cuda:99: /);
  const local = await openLocalInference(
    { ...options, gpu: undefined },
    catalogue,
    new FakeClock(),
  );
  assert.deepEqual([local.workers, local.models.map(({ name }) => name)], [2, ["tiny"]]);
  await local.close();
});
