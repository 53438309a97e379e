import assert from "node:assert/strict";
import { AllowanceProcess } from "../../tests/fakes/allowance_process.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { AllowanceFile } from "./allowance_file.ts";

const ORIGIN = "https://cloud.example:5000";

Deno.test("claims are kept by period and forwarder, and seen by all who share the directory", async () => {
  await using folder = new Folder();
  const [one, other] = [1, 2].map(() => new AllowanceFile(folder.file("state"), ORIGIN));
  assert.equal(await one!.add("2026-11", 0), 0);
  assert.equal(await one!.add("2026-11", 100_000), 100_000);
  assert.equal(await other!.add("2026-11", 50_000), 150_000);
  assert.equal(await one!.add("2026-11", -20_000), 130_000);
  assert.equal(await other!.add("2026-12", 7), 7);
  assert.equal(await new AllowanceFile(folder.file("state"), ORIGIN).add("2026-11", 0), 130_000);
  const elsewhere = new AllowanceFile(folder.file("state"), "http://cloud.example:5000");
  assert.equal(await elsewhere.add("2026-11", 0), 0);
});

Deno.test("a line that was torn by a crash does not spoil those behind it", async () => {
  for (const torn of ["+", "+12", "-", "-3", "+100000"]) {
    await using folder = new Folder();
    const file = new AllowanceFile(folder.path, ORIGIN);
    await file.add("2026-11", 100_000);
    const [name] = folder.names();
    await Deno.writeTextFile(folder.file(name!), torn, { append: true });
    assert.equal(await file.add("2026-11", 0), 100_000, "it is not whole");
    await file.add("2026-11", 5000);
    const claimed = await new AllowanceFile(folder.path, ORIGIN).add("2026-11", 0);
    assert.equal(claimed, 105_000 + (Number(torn) || 0), torn);
  }
});

Deno.test("a line that gives back what was never claimed adds nothing to the allowance", async () => {
  await using folder = new Folder();
  const file = new AllowanceFile(folder.path, ORIGIN);
  await file.add("2026-11", 100_000);
  const [name] = folder.names();
  await Deno.writeTextFile(folder.file(name!), "-99999999999999999999\n");
  assert.equal(await new AllowanceFile(folder.path, ORIGIN).add("2026-11", 5000), 5000);
});

Deno.test("files of periods that are over are taken away, all but the latest", async () => {
  await using folder = new Folder();
  for (const day of ["20", "21", "22", "23", "24", "25"]) {
    await new AllowanceFile(folder.path, ORIGIN).add(`2026-11-${day}`, 1);
  }
  await new AllowanceFile(folder.path, ORIGIN).add("2026-11", 1);
  await new AllowanceFile(folder.path, "http://other").add("2026-11-19", 1);
  assert.deepEqual(folder.names().map((name) => name.split(" ")[1]), [
    "2026-11-19",
    "2026-11",
    "2026-11-23",
    "2026-11-24",
    "2026-11-25",
  ]);
});

Deno.test("a directory that cannot be written to is an error", async () => {
  await using folder = new Folder();
  const file = new AllowanceFile(folder.write("file", ""), ORIGIN);
  await assert.rejects(file.add("2026-11", 1));
});

Deno.test("several processes with one forwarder do not pass their allowance together, one crashed or not", async () => {
  await using folder = new Folder();
  const bytesMax = 3_000_000;
  const processes = [
    ...[1, 2, 3].map(() => new AllowanceProcess(folder.path, ORIGIN, bytesMax)),
    new AllowanceProcess(folder.path, ORIGIN, bytesMax, "crash"),
  ];
  const used = await Promise.all(processes.map((process) => process.used()));
  const sum = used.reduce((all, bytes) => all + bytes, 0);
  assert.ok(sum <= bytesMax, `${used} of ${bytesMax}`);
  assert.ok(sum > 0.6 * bytesMax, `${used}: most of it could be used`);
  assert.ok(used.filter((bytes) => bytes > 0).length >= 2, `${used}: one had all of it`);
});
