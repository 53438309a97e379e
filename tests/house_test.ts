/** Holds which room may import which, and which file alone touches what is native. */

import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dirname!, "..");

/** What each room may import, beside itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  street: ["core"],
  proto: ["core"],
  models: ["core"],
  policies: ["core"],
  web: ["core", "proto"],
  inference: ["core", "models"],
  edge: ["core", "street", "policies", "models", "proto", "inference"],
  forwarder: ["core", "policies", "proto", "web"],
  lab: ["core", "street", "policies", "models", "inference"],
  cli: [
    "core",
    "street",
    "policies",
    "models",
    "proto",
    "web",
    "inference",
    "edge",
    "forwarder",
    "lab",
  ],
  "main.ts": ["cli"],
};

/** Files that may import more than their room: a protocol of the inference room speaks on the wire. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  "inference/protocols/smarteye.ts": ["proto"],
};

/** Files that a room may not import although it may import their room, and why. */
const KEPT_APART: readonly (readonly [room: string, file: RegExp, why: string])[] = [
  [
    "edge",
    /^inference\/((server|service|role)\.ts$|protocols\/)/,
    "edge takes inference's detector, never its server",
  ],
  ["edge", /^proto\/g(rpc_|enerated)/, "edge speaks HTTP, not gRPC"],
];

/** Packages that are each behind a few files. */
const BEHIND: readonly (readonly [package_: RegExp, files: RegExp])[] = [
  [/^sharp$/, /^core\/image\.ts$/],
  [/^onnxruntime-node$/, /^inference\/session\.ts$/],
  [/^node-av(\/|$)/, /^(edge\/capture\/video|street\/sample_writer)\.ts$/],
  [/^@grpc\/|^grpc-health-check$/, /^(proto\/|forwarder\/|inference\/(server\.ts$|protocols\/))/],
  [/^pure-rand(\/|$)/, /^core\/rng\.ts$/],
  [/^@logtape\//, /^core\/log\.ts$/],
  [/^hono(\/|$)/, /^forwarder\//],
  [/^yaml$/, /^lab\/evaluation\/class_list\.ts$/],
  [/^commander$|^cli-/, /^cli\//],
];

const NATIVE = /^(sharp|onnxruntime-node|node-av)(\/|$)/;

/** Lines that a file may have before it wants splitting. */
const LINES_MAX = 500;

interface Import {
  /** A file of ours, relative to the root, or a package. */
  readonly target: string;
  readonly ours: boolean;
  /** Loaded with the file: neither a type nor a dynamic import. */
  readonly eager: boolean;
}

interface Source {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

const STATIC = /^(?:import|export)\s(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm;
const DYNAMIC = /\bimport\(\s*"([^"]+)"/g;

function importsOf(path: string, text: string): Import[] {
  const found = (specifier: string, eager: boolean): Import =>
    specifier.startsWith(".")
      ? { target: relative(ROOT, join(ROOT, dirname(path), specifier)), ours: true, eager }
      : { target: specifier, ours: false, eager };
  return [
    ...[...text.matchAll(STATIC)].map(([, type, specifier]) => found(specifier!, !type)),
    ...[...text.matchAll(DYNAMIC)].map(([, specifier]) => found(specifier!, false)),
  ];
}

function readSources(folder = ""): Source[] {
  return [...Deno.readDirSync(join(ROOT, folder))].flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    if (isDirectory) return /^(\.|node_modules$|dist$)/.test(name) ? [] : readSources(path);
    if (!name.endsWith(".ts")) return [];
    const text = Deno.readTextFileSync(join(ROOT, path));
    return [{ path, lines: text.split("\n").length - 1, imports: importsOf(path, text) }];
  });
}

const isTest = (path: string) => /_test\.ts$|^tests\//.test(path);
const roomOf = (path: string) => path.split("/")[0]!;

const everything = readSources();
const sources = everything.filter(({ path }) => !isTest(path));

Deno.test("the house is read: files are found, and their imports", () => {
  assert.deepEqual(
    Object.keys(MAY_IMPORT).filter((room) => !sources.some(({ path }) => roomOf(path) === room)),
    [],
  );
  const { imports } = sources.find(({ path }) => path === "edge/capture/open_source.ts")!;
  const seen = (target: string) => imports.find((one) => one.target === target);
  assert.equal(seen("core/errors.ts")?.eager, true);
  assert.equal(seen("edge/capture/source.ts")?.eager, false, "a type");
  assert.equal(seen("edge/capture/video.ts")?.eager, false, "a dynamic import");
});

Deno.test("a room imports only what lies below it", () => {
  const problems = sources.flatMap(({ path, imports }) => {
    const room = roomOf(path);
    const allowed = MAY_IMPORT[room];
    if (!allowed) return [];
    return imports.filter(({ ours, target }) => ours && target !== "deno.json").flatMap(
      ({ target }) => {
        const other = roomOf(target);
        const apart = KEPT_APART.find(([from, file]) => from === room && file.test(target));
        if (apart) return [`${path} imports ${target}: ${apart[2]}`];
        if ([room, ...allowed, ...EXCEPTIONS[path] ?? []].includes(other)) return [];
        return [
          `${path} imports ${target}: ${room} may import ${
            allowed.join(", ") || "nothing of ours"
          }`,
        ];
      },
    );
  });
  assert.deepEqual(problems, []);
});

Deno.test("nobody imports cli but main.ts", () => {
  const problems = sources
    .filter(({ path }) => roomOf(path) !== "cli" && path !== "main.ts")
    .flatMap(({ path, imports }) =>
      imports.filter(({ ours, target }) => ours && roomOf(target) === "cli")
        .map(({ target }) => `${path} imports ${target}: only main.ts imports cli`)
    );
  assert.deepEqual(problems, []);
});

Deno.test("the product imports no test", () => {
  const problems = sources.flatMap(({ path, imports }) =>
    imports.filter(({ ours, target }) => ours && isTest(target))
      .map(({ target }) => `${path} imports ${target}: what is shipped needs no test`)
  );
  assert.deepEqual(problems, []);
});

Deno.test("each native or wire dependency is behind its files", () => {
  const problems = sources.filter(({ path }) => MAY_IMPORT[roomOf(path)]).flatMap(
    ({ path, imports }) =>
      imports.filter(({ ours }) => !ours).flatMap(({ target }) => {
        const behind = BEHIND.find(([package_]) => package_.test(target));
        if (!behind || behind[1].test(path)) return [];
        return [`${path} imports ${target}: only ${behind[1].source} may`];
      }),
  );
  assert.deepEqual(problems, []);
});

for (const entry of ["main.ts", "forwarder/role.ts"]) {
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

Deno.test(`no file has more than ${LINES_MAX} lines`, () => {
  const long = everything.filter(({ lines }) => lines > LINES_MAX)
    .map(({ path, lines }) => `${path} has ${lines} lines: more than ${LINES_MAX} want splitting`);
  assert.deepEqual(long, []);
});
