/** The types of the wire are those of the proto: nobody types them by hand, and nobody forgets. */

import assert from "node:assert/strict";
import { join } from "node:path";
import project from "../deno.json" with { type: "json" };
import { Folder } from "../tests/fakes/folder.ts";

const ROOT = join(import.meta.dirname!, "..");

function filesUnder(directory: string, folder = ""): Map<string, string> {
  const files = new Map<string, string>();
  for (const { name, isDirectory } of Deno.readDirSync(join(directory, folder))) {
    const path = join(folder, name);
    if (!isDirectory) files.set(path, Deno.readTextFileSync(join(directory, path)));
    else for (const [inner, text] of filesUnder(directory, path)) files.set(inner, text);
  }
  return files;
}

Deno.test("the generated types are what `deno task proto` makes of the proto", async () => {
  await using folder = new Folder();
  const out = folder.file("generated");
  const [, command] = project.tasks.proto.replaceAll("proto/generated", out).split(" && deno ");
  const args = command!.split(" ");
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const committed = filesUnder(join(ROOT, "proto/generated"));
  assert.ok(committed.size > 10);
  assert.deepEqual(committed, filesUnder(out), "run `deno task proto`");
});
