import assert from "node:assert/strict";
import { testOnSmallDisk } from "../../tests/fakes/small_disk.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { writeWhole } from "./write.ts";

const some = (length: number) => new Uint8Array(length).fill(7);

Deno.test("a file is written whole, in place of one that was there", async () => {
  await using folder = new Folder();
  const path = folder.write("a.bin", "an earlier and longer one".repeat(100));
  await writeWhole(path, some(10));
  assert.deepEqual([...Deno.readFileSync(path)], [...some(10)]);
  assert.deepEqual(folder.names(), ["a.bin"]);
});

Deno.test("a file that is being written is not seen under its name", async () => {
  await using folder = new Folder();
  const path = folder.file("large.bin");
  const writing = writeWhole(path, some(64 << 20)).then(() => true);
  const sizes = new Set<number>();
  for (let done = false; !done;) {
    const size = await Deno.stat(path).then(({ size }) => size, () => 0);
    sizes.add(size);
    done = await Promise.race([writing, Promise.resolve(false)]);
  }
  sizes.delete(0);
  assert.deepEqual([...sizes].filter((size) => size !== 64 << 20), []);
});

Deno.test("what cannot be written is said, and nothing of it is left", async () => {
  await using folder = new Folder();
  await Deno.mkdir(folder.file("taken/full"), { recursive: true });
  for (const name of ["nowhere/a.bin", "taken"]) {
    const path = folder.file(name);
    const message = await refused(writeWhole(path, some(10)), "failed_precondition");
    assert.ok(message.startsWith(`Cannot write "${path}": `), message);
  }
  assert.deepEqual(folder.names(), ["taken"]);
});

testOnSmallDisk(
  "on a full disk there is nothing of a file, and of an earlier one all",
  async (disk) => {
    await writeWhole(disk.file("a.bin"), some(1000));
    const message = await refused(
      writeWhole(disk.file("a.bin"), some(disk.bytes)),
      "failed_precondition",
    );
    assert.match(message, /No space left/);
    await refused(writeWhole(disk.file("b.bin"), some(disk.bytes)), "failed_precondition");
    assert.deepEqual(disk.names(), ["a.bin"]);
    assert.deepEqual([...Deno.readFileSync(disk.file("a.bin"))], [...some(1000)]);
  },
);
