import assert from "node:assert/strict";
import { FakePool } from "../tests/fakes/pool.ts";

Deno.test("docs/metrics.md has every metric of a forwarder as a scrape tells it, and no other", async () => {
  const text = await new FakePool(1).metricsText();
  const told = [...text.matchAll(/^# HELP (\S+) (.+)\n# TYPE \S+ (\S+)$/gm)]
    .map(([, name, help, type]) => `${name} ${type} ${help}`);
  const docs = await Deno.readTextFile(new URL("../docs/metrics.md", import.meta.url));
  const documented = docs.split("\n").map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, name]) => name?.startsWith("`smarteye_forwarder_"))
    .map(([, name, type, , meaning]) => `${name!.replaceAll("`", "")} ${type} ${meaning}`);
  assert.ok(told.length > 12);
  assert.deepEqual(documented.toSorted(), told.toSorted());
});
