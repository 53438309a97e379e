/** `docs/operating.md` names nothing that is not there. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CONFIG } from "../cli/config/schema.ts";

const ROOT = join(import.meta.dirname!, "..");
const read = (path: string) => Deno.readTextFileSync(join(ROOT, path));
const guide = read("docs/operating.md");

Deno.test("metrics that an operator is to watch are served", () => {
  const names = [...guide.matchAll(/\bsmarteye_(edge|forwarder|inference)_(\w+)/g)];
  assert.ok(names.length >= 10);
  const sources = {
    edge: read("edge/metrics.ts"),
    forwarder: read("forwarder/metrics.ts"),
    inference: read("inference/telemetry.ts"),
  };
  for (const [whole, room, name] of names) {
    assert.ok(sources[room as keyof typeof sources].includes(`"${name}"`), whole);
  }
});

Deno.test("settings that it names are known", () => {
  const named = [...guide.matchAll(/`\[([\w-]+)\]\s+(\w+)/g)];
  assert.ok(named.length >= 8);
  for (const [whole, section, key] of named) {
    assert.ok(key! in CONFIG[section as keyof typeof CONFIG], whole);
  }
});

Deno.test("files that it names are there", () => {
  const named = [...guide.matchAll(/\b(?:deploy|tests)\/[\w./-]+\w/g)].map(([path]) => path);
  const linked = [...guide.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => `docs/${path}`);
  assert.ok(named.length >= 5 && linked.length >= 3);
  for (const path of [...named, ...linked]) assert.ok(existsSync(join(ROOT, path)), path);
});
