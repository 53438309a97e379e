/** The built file, alone on a machine without Deno: copied into an empty directory and run there. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { PACKED_SYSTEMS } from "../build/packed.ts";
import project from "../deno.json" with { type: "json" };
import { testWhere } from "./fakes/data.ts";

const ROOT = join(import.meta.dirname!, "..");

/** All that the file may need of the machine that it runs on. */
const TOOLS = ["tail", "tar", "gzip", "find", "id", "mkdir", "mktemp", "mv", "rm"];
const VERSION = `smarteye ${project.version}\n`;
const HOUR_MS = 3_600_000;

const isPacked = PACKED_SYSTEMS.includes(Deno.build.os);

/** A directory that is a machine: the file, a PATH with few tools, an empty home. */
interface Machine {
  readonly directory: string;
  /** The built file, in a directory of its own whose name has a space. */
  readonly file: string;
  readonly environment: Record<string, string>;
  /** Where the file unpacks itself. */
  readonly unpacked: string;
}

testWhere("a Unix shell can unpack a file", isPacked, "the built file runs alone", async (t) => {
  const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "smarteye-test-" }));
  try {
    const machine = await makeMachine(directory);
    await t.step("two first starts at once", () => firstStarts(machine));
    await t.step("a later start unpacks nothing", () => laterStart(machine));
    await t.step("a link, from a directory with a project of its own", () => elsewhere(machine));
    await t.step("the servers until SIGTERM", () => servers(machine));
    await t.step(
      "edge on a clip, with the weights in the file and a policy of the user's",
      () => edge(machine),
    );
    await t.step("another version removes what nothing uses", () => versions(machine));
    await t.step("without a home, then with one that has lost a part", () => homeless(machine));
    await t.step("nowhere to unpack", () => nowhere(machine));
    await t.step("a damaged file", () => damaged(machine));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

async function makeMachine(directory: string): Promise<Machine> {
  const built = join(directory, "build", "smarteye");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "compile", "--kind", "packed", "--level", "1", "--output", built],
    cwd: ROOT,
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));

  const file = join(directory, "a place", "smarteye");
  const [bin, home] = [join(directory, "bin"), join(directory, "home")];
  for (const path of [dirname(file), bin, home]) await Deno.mkdir(path);
  await Deno.rename(built, file);
  for (const tool of TOOLS) {
    const found = ["/usr/bin", "/bin"].map((place) => join(place, tool)).find(existsSync);
    assert.ok(found, `this machine has no ${tool}`);
    await Deno.symlink(found, join(bin, tool));
  }
  const cache = Deno.build.os === "darwin" ? "Library/Caches" : ".cache";
  return {
    directory,
    file,
    environment: { PATH: bin, HOME: home, NO_COLOR: "1" },
    unpacked: join(home, cache, "smarteye", "unpacked"),
  };
}

async function firstStarts(machine: Machine): Promise<void> {
  // A start that was killed long ago left this behind.
  const left = join(machine.unpacked, "0.part.old");
  await Deno.mkdir(left, { recursive: true });
  const before = new Date(Date.now() - 2 * HOUR_MS);
  await Deno.utime(left, before, before);

  const startAtMs = performance.now();
  const starts = await Promise.all([start(machine, "--version"), start(machine, "--version")]);
  tell(`two first starts at once: ${since(startAtMs)}`);
  for (const output of starts) assert.deepEqual(output, { code: 0, stdout: VERSION, stderr: "" });
  assert.equal(names(machine.unpacked).length, 1, "one unpacked program, and nothing else");
}

async function laterStart(machine: Machine): Promise<void> {
  const place = join(machine.unpacked, names(machine.unpacked)[0]!);
  const { ino, birthtime } = await Deno.stat(place);
  const startAtMs = performance.now();
  const output = await start(machine, "--version");
  tell(`a later start: ${since(startAtMs)}`);
  assert.deepEqual(output, { code: 0, stdout: VERSION, stderr: "" });
  const after = await Deno.stat(place);
  assert.deepEqual([after.ino, after.birthtime], [ino, birthtime]);
}

async function elsewhere(machine: Machine): Promise<void> {
  const cwd = join(machine.directory, "project");
  await Deno.mkdir(join(cwd, "node_modules"), { recursive: true });
  for (const name of ["deno.json", "deno.lock", "package.json"]) {
    await Deno.writeTextFile(join(cwd, name), "not for this program");
  }
  await Deno.symlink(machine.file, join(cwd, "link"));
  const { PATH } = machine.environment;
  const environment = { ...machine.environment, PATH: `${cwd}:${PATH}` };
  const { code, stdout } = await start({ ...machine, file: "link", environment }, "--version", cwd);
  assert.deepEqual([code, stdout], [0, VERSION]);
}

async function servers(machine: Machine): Promise<void> {
  await serverUntilTerminated(machine, "forward");
  await serverUntilTerminated(machine, "serve");
}

async function serverUntilTerminated(machine: Machine, role: string): Promise<void> {
  await using child = command(machine, [role, "--listen", "127.0.0.1:0", "--json"]).spawn();
  const errors = new Response(child.stderr).text();
  let said = "";
  const decoder = new TextDecoder();
  for await (const bytes of child.stdout) {
    said += decoder.decode(bytes, { stream: true });
    if (!said.includes("\n")) continue;
    if (Deno.build.os === "linux") {
      const variables = await Deno.readTextFile(`/proc/${child.pid}/environ`);
      assert.ok(variables.split("\0").includes(`SMARTEYE_EXECUTABLE=${machine.file}`));
    }
    child.kill("SIGTERM");
  }
  assert.equal((await child.status).code, 0, await errors);
  assert.equal(JSON.parse(said).role, role);
}

async function versions(machine: Machine): Promise<void> {
  const ours = names(machine.unpacked)[0]!;
  const given = { PATH: machine.environment["PATH"]!, SMARTEYE_UNPACKED: machine.unpacked };
  const elsewhere = await start({ ...machine, environment: given }, "--version");
  assert.deepEqual(elsewhere, { code: 0, stdout: VERSION, stderr: "" });

  const other = "f".repeat(ours.length);
  const file = join(machine.directory, "other");
  await copyAs(machine.file, file, ours, other);
  const startedLongAgo = async () => {
    const before = new Date(Date.now() - 25 * HOUR_MS);
    await Deno.utime(join(machine.unpacked, other, "in_use"), before, before);
  };
  {
    const args = ["forward", "--listen", "127.0.0.1:0", "--json"];
    await using child = command({ ...machine, file }, args).spawn();
    const errors = new Response(child.stderr).text();
    const stdout = child.stdout.getReader();
    await stdout.read(); // it has told where it listens
    await startedLongAgo();
    const both = [start(machine, "models list"), start(machine, "models list")];
    for (const { code, stderr } of await Promise.all(both)) {
      assert.deepEqual([code, stderr], [0, ""]);
    }
    assert.deepEqual(names(machine.unpacked).sort(), [ours, other].sort(), "the other runs");
    child.kill("SIGTERM");
    await stdout.cancel();
    assert.equal((await child.status).code, 0, await errors);
  }
  assert.equal((await start({ ...machine, file }, "--version")).code, 0);
  await start(machine, "models list");
  assert.equal(names(machine.unpacked).length, 2, "the other was started of late");
  await startedLongAgo();
  const { code, stderr } = await start(machine, "models list");
  assert.equal(code, 0, stderr);
  assert.match(stderr, /removed 1 unpacked versions of smarteye from .* that nothing used\n$/);
  assert.deepEqual(names(machine.unpacked), [ours]);
}

/** Copies the built file as another version of itself: its directory's name is all that differs. */
async function copyAs(from: string, to: string, hash: string, other: string): Promise<void> {
  const bytes = await Deno.readFile(from);
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 4096));
  const at = head.indexOf(`hash=${hash}`);
  assert.ok(at > 0);
  bytes.set(new TextEncoder().encode(`hash=${other}`), at);
  await Deno.writeFile(to, bytes, { mode: 0o755 });
}

async function edge(machine: Machine): Promise<void> {
  const cwd = join(machine.directory, "clip");
  await Deno.mkdir(cwd);
  const sample = await start(machine, "sample clip.mp4 --frames 20", cwd);
  assert.equal(sample.code, 0, sample.stderr);
  const mine = `export default function mine({ local }: { local: { models: { name: string }[] } }) {
    return { place: "local", model: local.models[0]!.name, reason: "here" };
  }`;
  await Deno.writeTextFile(join(cwd, "mine.ts"), mine);
  const args = "edge -f clip.mp4 --policy ./mine.ts --json --out out";
  const { code, stdout, stderr } = await start(machine, args, cwd);
  assert.equal(code, 0, stderr);
  const { frames, models, policy } = JSON.parse(stdout);
  assert.deepEqual([frames.local, policy], [20, "mine"]);
  assert.deepEqual(models, { smarteye_street: 20 });
  assert.ok(existsSync(join(cwd, "out", "frame_000020.jpg")));
}

async function homeless(machine: Machine): Promise<void> {
  const { PATH } = machine.environment;
  const environment = { PATH: PATH!, TMPDIR: join(machine.directory, "bin") };
  const first = await start({ ...machine, environment }, "--version");
  assert.deepEqual([first.code, first.stdout], [0, VERSION]);
  assert.match(first.stderr, /^smarteye: HOME is not set; trying .*\/bin\/smarteye-\d+ instead\n$/);
  const second = await start({ ...machine, environment }, "--version");
  assert.deepEqual(second, { code: 0, stdout: VERSION, stderr: "" });

  const place = join(machine.unpacked, names(machine.unpacked)[0]!);
  await Deno.remove(join(place, "app", "main.ts"));
  const repaired = await start(machine, "--version");
  assert.deepEqual(repaired, { code: 0, stdout: VERSION, stderr: "" });
  assert.ok(existsSync(join(place, "app", "main.ts")));
}

async function nowhere(machine: Machine): Promise<void> {
  const { PATH } = machine.environment;
  // Below a file there can be no directory, not even for root.
  const environment = { PATH: PATH!, HOME: machine.file, TMPDIR: machine.file };
  const { code, stdout, stderr } = await start({ ...machine, environment }, "--version");
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /cannot be written; trying /);
  assert.match(stderr, /cannot unpack itself: .* cannot be written; .* cannot be written\.\n/);
  assert.match(stderr, /Set XDG_CACHE_HOME or TMPDIR to a directory with \d+ MB free/);
}

async function damaged(machine: Machine): Promise<void> {
  const file = join(machine.directory, "cut");
  await Deno.copyFile(machine.file, file);
  await Deno.truncate(file, (await Deno.stat(file)).size / 2);
  const home = join(machine.directory, "new home");
  await Deno.mkdir(home);
  const environment = { PATH: machine.environment["PATH"]!, HOME: home, TMPDIR: home };
  const { code, stderr } = await start({ ...machine, file, environment }, "--version");
  assert.equal(code, 1);
  assert.ok(stderr.includes(`or the file ${file} is damaged`), stderr);
  for (const place of names(home).filter((name) => name.startsWith("smarteye-"))) {
    assert.deepEqual(names(join(home, place)), [], "nothing is left behind");
  }
}

function command({ file, environment }: Machine, args: string[], cwd?: string): Deno.Command {
  return new Deno.Command(file, {
    args,
    cwd: cwd ?? dirname(file),
    env: environment,
    clearEnv: true,
    stdout: "piped",
    stderr: "piped",
  });
}

async function start(machine: Machine, args: string, cwd?: string) {
  const { code, stdout, stderr } = await command(machine, args.split(" "), cwd).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

function names(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name);
}

function since(startAtMs: number): string {
  return `${Math.round(performance.now() - startAtMs)} ms`;
}

function tell(text: string): void {
  console.log(`  ${text}`);
}
