/** Holds the house's rules: rooms, doors of packages, the clock, and how long things may be. */

import assert from "node:assert/strict";
import { join } from "node:path";
import project from "../deno.json" with { type: "json" };
import {
  DOORS,
  EXCEPTIONS,
  FILE_LINES_MAX,
  FOR_TESTS,
  FUNCTION_LINES_MAX,
  KEPT_APART,
  MAY_IMPORT,
  NATIVE,
  REASON,
  TIMERS,
} from "./house/rules.ts";
import { type Import, readSources, type Source } from "./house/source.ts";

const isTest = (path: string) => /_test\.tsx?$|^tests\//.test(path);
const isGenerated = (path: string) =>
  path.startsWith("proto/generated/") || path === "policies/template/smarteye.d.ts";
const roomOf = (path: string) => path.split("/")[0]!;

const everything = readSources(join(import.meta.dirname!, ".."));
const written = everything.filter(({ path }) => !isGenerated(path));
const sources = everything.filter(({ path }) => !isTest(path));

/** What is wrong with the imports of ours, or of packages, of some files. */
function wrongImports(
  files: readonly Source[],
  ours: boolean,
  wrong: (path: string, one: Import) => string | undefined,
): string[] {
  return files.flatMap(({ path, imports }) =>
    imports.filter((one) => one.ours === ours && one.target !== "deno.json").flatMap((one) => {
      const why = wrong(path, one);
      return why === undefined ? [] : [`${path} imports ${one.target}: ${why}`];
    })
  );
}

Deno.test("the house is read: every room is there, files are found, and their imports", () => {
  const rooms = new Set(sources.map(({ path }) => roomOf(path)));
  assert.deepEqual([...rooms].sort(), Object.keys(MAY_IMPORT).sort());
  const { imports } = sources.find(({ path }) => path === "edge/capture/open_source.ts")!;
  const seen = (target: string) => imports.find((one) => one.target === target);
  assert.equal(seen("core/errors.ts")?.eager, true);
  assert.equal(seen("edge/capture/source.ts")?.eager, false, "a type");
  assert.equal(seen("edge/capture/network.ts")?.eager, false, "a dynamic import");
});

Deno.test("a room imports only what lies below it", () => {
  const problems = wrongImports(sources, true, (path, { target }) => {
    const room = roomOf(path);
    const apart = KEPT_APART.find(([from, file]) => from === room && file.test(target));
    if (apart) return apart[2];
    const more = EXCEPTIONS.filter(([file]) => file.test(path)).map(([, room]) => room);
    const allowed = [...MAY_IMPORT[room]!, ...more];
    if ([room, ...allowed].includes(roomOf(target))) return undefined;
    return `${room} may import ${allowed.join(", ") || "nothing of ours"}`;
  });
  assert.deepEqual(problems, []);
});

Deno.test("nobody imports cli but main.ts", () => {
  const others = sources.filter(({ path }) => roomOf(path) !== "cli" && path !== "main.ts");
  const problems = wrongImports(
    others,
    true,
    (_, { target }) => roomOf(target) === "cli" ? "only main.ts imports cli" : undefined,
  );
  assert.deepEqual(problems, []);
});

Deno.test("the product imports no test", () => {
  const problems = wrongImports(
    sources,
    true,
    (_, { target }) => isTest(target) ? "what is shipped needs no test" : undefined,
  );
  assert.deepEqual(problems, []);
});

/** The package that a specifier belongs to. */
const packageOf = (specifier: string) => /^(@[^/]+\/)?[^/]+/.exec(specifier)![0];

Deno.test("every package of deno.json has its door, and nobody takes another way", () => {
  const packages = Object.keys(project.imports).sort();
  assert.deepEqual([...Object.keys(DOORS), ...FOR_TESTS].sort(), packages);
  const shipped = sources.filter(({ path }) => !isGenerated(path));
  const problems = wrongImports(shipped, false, (path, { target }) => {
    if (target.startsWith("node:")) return undefined;
    const door = DOORS[packageOf(target)];
    if (!door) return "no package of deno.json, or one for tests";
    return door.test(path) ? undefined : `only ${door.source} may`;
  });
  assert.deepEqual(problems, []);
  const used = new Set(
    shipped.flatMap(({ imports }) => imports.map(({ target }) => packageOf(target))),
  );
  assert.deepEqual(Object.keys(DOORS).filter((name) => !used.has(name)), [], "doors nobody uses");
});

for (const entry of ["main.ts", "forwarder/role.ts", "cli/policies/list.ts"]) {
  Deno.test(`${entry} loads no native addon until it is needed`, () => {
    const trails = new Map([[entry, entry]]);
    for (const [path, trail] of trails) { // a Map goes on with what is added meanwhile
      const source = sources.find((one) => one.path === path);
      for (const { target, ours, eager } of source?.imports ?? []) {
        if (!eager) continue;
        assert.ok(ours || !NATIVE.test(target), `${trail} → ${target}`);
        if (ours && !trails.has(target)) trails.set(target, `${trail} → ${target}`);
      }
    }
    assert.ok(trails.size > 3);
  });
}

Deno.test("of what is generated from the proto, only types are imported", () => {
  assert.ok(everything.filter(({ path }) => isGenerated(path)).length > 10);
  const problems = wrongImports(
    everything,
    true,
    (_, { target, isType }) =>
      isGenerated(target) && !isType ? "what runs is read from the proto itself" : undefined,
  );
  assert.deepEqual(problems, []);
});

Deno.test("nobody waits but by a clock", () => {
  const named = new Set(
    sources.filter(({ timers }) => timers.length > 0).map(({ path }) => path),
  );
  const excepted = new Set(Object.keys(TIMERS));
  assert.deepEqual([...named.difference(excepted)], []);
  assert.deepEqual([...excepted.difference(named)], [], "exceptions that nobody needs any more");
});

Deno.test(`no file has more than ${FILE_LINES_MAX} lines`, () => {
  const long = written.filter(({ lines }) => lines > FILE_LINES_MAX)
    .map(({ path, lines }) => `${path} has ${lines} lines: it wants splitting`);
  assert.deepEqual(long, []);
});

Deno.test(`no function has more than ${FUNCTION_LINES_MAX} lines without a reason`, () => {
  const long = written.flatMap(({ path, functions }) =>
    functions
      .filter(({ lines, comment }) => lines > FUNCTION_LINES_MAX && !REASON.test(comment ?? ""))
      .map(({ line, lines }) => `${path}:${line} has ${lines}`)
  );
  assert.deepEqual(long, []);
});

Deno.test("no file only hands on what others export", () => {
  assert.deepEqual(written.filter(({ isBarrel }) => isBarrel).map(({ path }) => path), []);
});

Deno.test("each test runs once: beside others, or alone", () => {
  const { "test:together": together, "test:alone": alone } = project.tasks;
  const taken = together.replace("deno test -A --no-check --parallel ", "").split(" ");
  assert.deepEqual(taken, alone.replace("deno test -A --no-check --ignore=", "").split(","));
  const tests = everything.map(({ path }) => path).filter((path) => /_test\.tsx?$/.test(path));
  const missing = taken.filter((pattern) => {
    const [before, after] = pattern.split("*");
    return !tests.some((path) => path.startsWith(before!) && path.endsWith(after ?? ""));
  });
  assert.deepEqual(missing, [], "there is no such test");
});
