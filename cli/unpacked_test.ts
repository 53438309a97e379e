import assert from "node:assert/strict";
import { join } from "node:path";
import { FakeClock } from "../core/fake_clock.ts";
import { holdUnpacked, unpackedHere } from "./unpacked.ts";

const DAY_MS = 24 * 3_600_000;
const OURS = "0".repeat(24);

/** A place with unpacked versions: each by its name and how long ago it was started. */
async function placeOf(versions: Readonly<Record<string, number | "no in_use">>, clock: FakeClock) {
  const place = await Deno.makeTempDir({ prefix: "smarteye-test-" });
  for (const [name, ago] of Object.entries({ [OURS]: 0, ...versions })) {
    await Deno.mkdir(join(place, name, "app"), { recursive: true });
    await Deno.writeTextFile(join(place, name, "app", "main.ts"), "");
    if (ago === "no in_use") continue;
    const path = join(place, name, "in_use");
    await Deno.writeTextFile(path, "");
    const at = new Date(clock.epochMs() - ago);
    await Deno.utime(path, at, at);
  }
  return place;
}

/** What a process that runs from `directory` holds, without the look that it takes beside itself. */
function lockOf(directory: string): Deno.FsFile {
  const lock = Deno.openSync(join(directory, "in_use"));
  lock.lockSync(false);
  return lock;
}

function names(place: string): string[] {
  return [...Deno.readDirSync(place)].map(({ name }) => name).sort();
}

const [A, B, C, D] = ["a", "b", "c", "d"].map((letter) => letter.repeat(24)) as [
  string,
  string,
  string,
  string,
];

Deno.test("versions that nothing uses go; what runs, was started of late or is no version stays", async () => {
  const clock = new FakeClock();
  const part = `${D}.part.Xy12Zw`;
  const place = await placeOf({
    [A]: DAY_MS + 1,
    [B]: 9 * DAY_MS,
    [C]: DAY_MS - 1000,
    [D]: "no in_use",
    [part]: 9 * DAY_MS,
    notes: 9 * DAY_MS,
  }, clock);
  try {
    const other = lockOf(join(place, B));
    const ours = holdUnpacked(join(place, OURS), clock)!;
    await ours.close();
    assert.deepEqual(names(place), [OURS, B, C, D, part, "notes"].sort(), "A is gone");

    other.close();
    await holdUnpacked(join(place, OURS), clock)!.close();
    assert.deepEqual(names(place), [OURS, C, D, part, "notes"].sort(), "B has ended, and is gone");
  } finally {
    await Deno.remove(place, { recursive: true });
  }
});

Deno.test("many processes of one version hold it together; the last one lets it go", async () => {
  const clock = new FakeClock();
  const place = await placeOf({ [A]: 2 * DAY_MS }, clock);
  try {
    const early = new FakeClock(0);
    const [one, two] = [
      holdUnpacked(join(place, A), early)!,
      holdUnpacked(join(place, A), early)!,
    ];
    const look = async () => {
      await holdUnpacked(join(place, OURS), clock)!.close();
      return names(place).includes(A);
    };
    await one.close();
    assert.ok(await look(), "the other runs");
    await two.close();
    assert.ok(!await look());
  } finally {
    await Deno.remove(place, { recursive: true });
  }
});

Deno.test("two versions that start at once leave each other", async () => {
  const clock = new FakeClock();
  const place = await placeOf({ [A]: 0 }, clock);
  try {
    const both = [OURS, A].map((name) => holdUnpacked(join(place, name), clock)!);
    await Promise.all(both.map((hold) => hold.close()));
    assert.deepEqual(names(place), [OURS, A]);
  } finally {
    await Deno.remove(place, { recursive: true });
  }
});

Deno.test("two that remove at once: each old version goes once, and nothing is left behind", async () => {
  const clock = new FakeClock();
  const old = Object.fromEntries([A, B, C, D].map((name) => [name, 2 * DAY_MS]));
  const place = await placeOf(old, clock);
  try {
    const both = [0, 1].map(() => holdUnpacked(join(place, OURS), clock)!);
    await Promise.all(both.map((hold) => hold.close()));
    assert.deepEqual(names(place), [OURS]);
  } finally {
    await Deno.remove(place, { recursive: true });
  }
});

Deno.test("without the file there is no hold, and nothing is removed", async () => {
  const clock = new FakeClock();
  const place = await placeOf({ [A]: 2 * DAY_MS }, clock);
  try {
    await Deno.remove(join(place, OURS, "in_use"));
    assert.equal(holdUnpacked(join(place, OURS), clock), undefined);
    assert.equal(holdUnpacked(undefined, clock), undefined);
    assert.deepEqual(names(place), [OURS, A]);
  } finally {
    await Deno.remove(place, { recursive: true });
  }
});

Deno.test("a program is unpacked when it says so and runs from a version's directory", () => {
  const packed = { SMARTEYE_EXECUTABLE: "/usr/local/bin/smarteye" };
  assert.equal(unpackedHere(packed, `/cache/${A}/deno`), `/cache/${A}`);
  assert.equal(unpackedHere(packed, "/usr/bin/deno"), undefined);
  assert.equal(unpackedHere({}, `/cache/${A}/deno`), undefined);
});
