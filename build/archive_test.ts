/** Tests that an archive is made of its files and nothing else. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { contents, writeArchive } from "./archive.ts";

/** Makes a directory of a few files in the order given, and its archive. */
async function archived(names: readonly string[], at: Date): Promise<[string, Uint8Array]> {
  const directory = await Deno.makeTempDir();
  const tree = join(directory, "tree");
  try {
    await Deno.mkdir(join(tree, "b"), { recursive: true });
    for (const name of names) {
      await Deno.writeTextFile(join(tree, name), `this is ${name}`);
      await Deno.utime(join(tree, name), at, at);
    }
    await Deno.symlink("b/one", join(tree, "link"));
    const { paths, bytes } = await contents(tree);
    assert.deepEqual(paths, ["a", "b/one", "b/two", "link"]);
    assert.ok(bytes >= 28);
    let seen = 0;
    const archive = join(directory, "archive");
    const hash = await writeArchive(tree, paths, archive, (sum) => seen = sum);
    assert.ok(seen >= bytes);
    return [hash, await Deno.readFile(archive)];
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("the same files are the same archive, whenever and in whatever order they were made", async () => {
  const [hash, bytes] = await archived(["a", "b/one", "b/two"], new Date(1e12));
  const [again, bytesAgain] = await archived(["b/two", "b/one", "a"], new Date(1.5e12));
  assert.equal(hash, again);
  assert.deepEqual(bytes, bytesAgain);
  assert.match(hash, /^[0-9a-f]{24}$/);
});
