import assert from "node:assert/strict";
import { FakeClock, idle } from "../../core/fake_clock.ts";
import { CountedPicture } from "../../tests/fakes/pictures.ts";
import { result } from "../../tests/fakes/records.ts";
import { testOnSmallDisk } from "../../tests/fakes/small_disk.ts";
import { ImageSink } from "../sink/image_sink.ts";
import { diskOfSync, keptBytes } from "./disk.ts";
import { ANY_ROOM, DiskRooms } from "./disk_room.ts";

/** Files take whole ones. */
const BLOCK = 4096;

Deno.test("what stays free: so much, a share, or what suits the disk", () => {
  const of = (bytes: number) =>
    [undefined, "auto", { bytes: 7 }, { share: 0.5 }] //
      .map((kept) => keptBytes(kept as Parameters<typeof keptBytes>[0], { bytes }));
  assert.deepEqual(of(1e12), [0, 1e9, 7, 5e11]);
  assert.deepEqual(of(1e6), [0, 5e4, 7, 5e5]);
});

/** Rooms of a disk in the test's hands, with 100 blocks that stay free: numbers are of blocks. */
function rooms(free: number) {
  const clock = new FakeClock();
  const disk = { free };
  let [looks, short] = [0, 0];
  const all = new DiskRooms({
    ...{ keepFree: { bytes: 100 * BLOCK }, clock, onShort: () => void short++ },
    diskOf: () => {
      looks++;
      return Promise.resolve({ freeBytes: disk.free * BLOCK, bytes: 1000 * BLOCK });
    },
    deviceOf: (path) => Promise.resolve(path.startsWith("/a") ? 1 : 2),
  });
  return { clock, disk, all, looks: () => looks, short: () => short };
}

Deno.test("room is taken until what stays free is reached, by all directories of a disk", async () => {
  const { all, short, looks } = rooms(200);
  const [one, two, other] = await Promise.all(["/a/1", "/a/2", "/b"].map((path) => all.of(path)));
  assert.equal(looks(), 2, "a look a disk");
  assert.equal(one!.take(60 * BLOCK), true);
  assert.equal(two!.take(39 * BLOCK + 1), true);
  assert.equal(short(), 0);
  assert.equal(one!.take(1), false);
  assert.equal(two!.isShort, true);
  assert.equal(short(), 2, "each time");
  assert.equal(other!.take(100 * BLOCK), true);
});

Deno.test("it is looked at most once a second, when asked, and goes on by itself with some room", async () => {
  const { all, clock, disk, looks } = rooms(90);
  const room = await all.of("/a");
  for (let n = 0; n < 100; n++) assert.equal(room.isShort, true);
  assert.equal(looks(), 1);
  disk.free = 101;
  await clock.advance(1000);
  assert.equal(room.isShort, true, "this has it look");
  await idle();
  assert.equal(room.isShort, true, "a little is not enough, to begin again with");
  disk.free = 150;
  await clock.advance(1000);
  assert.equal(room.isShort, true);
  await idle();
  assert.equal(room.isShort, false);
  assert.equal(looks(), 3);
  assert.equal(room.take(50 * BLOCK), true);
});

Deno.test("nothing has to stay free, or the disk does not tell: there is room", async () => {
  const clock = new FakeClock();
  const parts = { clock, onShort: () => {}, diskOf: () => Promise.resolve(undefined) };
  assert.equal(await new DiskRooms({ ...parts, keepFree: undefined }).of("/"), ANY_ROOM);
  assert.equal(await new DiskRooms({ ...parts, keepFree: "auto" }).of("/"), ANY_ROOM);
});

testOnSmallDisk("images leave a disk its room, are counted, and come again", async (disk) => {
  const clock = new FakeClock();
  await disk.fill("filler", 0.55 * disk.bytes);
  const all = new DiskRooms({ keepFree: { share: 0.5 }, clock, onShort: () => {} });
  const sink = await ImageSink.open(disk.path, "all", await all.of(disk.path));
  const draw = async (from: number, to: number) => {
    for (let n = from; n <= to; n++) {
      await sink.write(result(n, new CountedPicture(0, { width: 320, height: 240 })));
    }
  };
  await draw(1, 30);
  const { freeBytes, bytes } = diskOfSync(disk.path)!;
  assert.ok(freeBytes >= bytes / 2, `${freeBytes}`);
  assert.ok(sink.leftOut > 5 && sink.leftOut < 30, `${sink.leftOut}`);
  assert.equal(disk.names().length - 1 + sink.leftOut, 30);
  const before = sink.leftOut;
  await Deno.remove(disk.file("filler"));
  clock.jump(1000);
  await draw(31, 31); // this has it look
  for (let n = 0; n < 200 && sink.leftOut === before + 1; n++) {
    await new Promise((resolve) => setImmediate(resolve));
    if ((await all.of(disk.path)).isShort === false) break;
  }
  await draw(32, 33);
  assert.equal(sink.leftOut, before + 1);
});
