import assert from "node:assert/strict";
import { isOtherScene } from "./other_scene.ts";

Deno.test("another size is another scene, another file unless files are one", () => {
  const first = { width: 640, height: 360, file: "a.jpg" };
  assert.equal(isOtherScene(first, { ...first }, {}), false);
  assert.equal(isOtherScene({ ...first, width: 320 }, first, { isOneScene: true }), true);
  assert.equal(isOtherScene({ ...first, height: 180 }, first, { isOneScene: true }), true);
  assert.equal(isOtherScene({ ...first, file: "b.jpg" }, first, {}), true);
  assert.equal(isOtherScene({ ...first, file: "b.jpg" }, first, { isOneScene: true }), false);
});
