import assert from "node:assert/strict";
import { policyTypes, TYPES_FILE } from "./policy_types.ts";

Deno.test("who writes a policy has the types that the program has", async () => {
  const wanted = await policyTypes();
  const found = await Deno.readTextFile(TYPES_FILE);
  assert.ok(found === wanted, `${TYPES_FILE} is not up to date: "deno task types" writes it`);
  for (const name of ["ControlSnapshot", "Answer", "ControlPolicy", "ModelProfile", "Rng"]) {
    assert.match(found, new RegExp(`^export (interface|type) ${name}\\b`, "m"));
  }
  assert.doesNotMatch(found, /^import/m);
});
