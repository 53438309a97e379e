import assert from "node:assert/strict";
import { isSmarteyeError } from "../core/errors.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { Catalogue } from "./catalogue.ts";
import { requireKnown } from "./require_known.ts";

Deno.test("a model that is known is found, with or without weights", async () => {
  await using folder = new Folder();
  const catalogue = await Catalogue.open(folder.path);
  assert.equal(requireKnown(catalogue, "smarteye_street").present, true);
  assert.equal(requireKnown(catalogue, "yolox_nano", "detection").present, false);
});

Deno.test("a name that nobody knows, or a model for something else, is a wrong argument", async () => {
  await using folder = new Folder();
  const catalogue = await Catalogue.open(folder.path);
  const wrong = (message: RegExp) => (error: unknown) => {
    assert.ok(isSmarteyeError(error, "invalid_argument"));
    assert.match(error.message, message);
    return true;
  };
  assert.throws(
    () => requireKnown(catalogue, "yolox_nan"),
    wrong(/Cannot find the model "yolox_nan": .* yunet is wanted \(did you mean yolox_nano\?\)$/),
  );
  assert.throws(
    () => requireKnown(catalogue, "mine.onnx"),
    wrong(/; a file becomes one by "smarteye models add mine\.onnx"$/),
  );
  assert.throws(
    () => requireKnown(catalogue, "yolox_nano", "classification"),
    wrong(/Cannot use the model "yolox_nano" for classification: it does detection, /),
  );
});
