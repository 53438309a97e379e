/** Pulls from a server on this machine. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import { FileServer, type Manners } from "../../tests/fakes/file_server.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { manifest } from "../../tests/fakes/models.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { Catalogue } from "../catalogue.ts";
import type { Manifest } from "../manifest.ts";
import { pull, type Pulled } from "./pull.ts";
import type { PullDeps } from "./transfer.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Bytes in which no part is like another. */
function noise(length: number, seed: number): Uint8Array<ArrayBuffer> {
  let state = seed;
  return Uint8Array.from({ length }, () => (state = (state * 1103515245 + 12345) >>> 0) >>> 24);
}

const CONTENT = noise(300_000, 1);
const OTHER = noise(300_000, 2);

/** Waits between tries pass at once; deadlines pass only when the test says so. */
class PullClock implements Clock {
  /** Milliseconds of each wait between tries. */
  readonly waits: number[] = [];
  #deadlines = new Set<() => void>();

  nowMs = () => 0;
  epochMs = () => 0;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms < 20_000) {
      this.waits.push(ms);
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        this.#deadlines.delete(done);
        resolve();
      };
      this.#deadlines.add(done);
      signal?.addEventListener("abort", done, { once: true });
    });
  }

  /** Every deadline that is waited for passes. */
  expire(): void {
    for (const pass of [...this.#deadlines]) pass();
  }
}

/** A model directory, a server, and what a pull is told. */
class Scene implements AsyncDisposable {
  readonly folder = new Folder();
  readonly clock = new PullClock();
  readonly drain = new AbortController();
  readonly server: FileServer;
  /** Called at every piece. */
  onPiece: (bytes: number) => void = () => {};

  constructor(manners: readonly Manners[] = [{}], private readonly said: Partial<Manifest> = {}) {
    this.server = new FileServer(CONTENT, manners);
  }

  get path(): string {
    return this.folder.file("tiny.onnx");
  }

  async pull(said: Partial<Manifest> = {}, deps: Partial<PullDeps> = {}): Promise<Pulled> {
    const whole = { bytes: CONTENT.length, sha256: sha256(CONTENT), url: this.server.url };
    const json = manifest({ ...whole, ...this.said, ...said });
    this.folder.write("tiny.json", JSON.stringify(json));
    const entry = (await Catalogue.open(this.folder.path)).known("tiny");
    return await pull(entry, this.folder.path, {
      clock: this.clock,
      rng: () => 1,
      drain: this.drain.signal,
      progress: ({ bytes }) => this.onPiece(bytes),
      ...deps,
    });
  }

  /** The weights are there, right and whole, and nothing else is left. */
  done(pulled: Pulled, outcome: Pulled["outcome"] = "pulled"): void {
    assert.deepEqual(pulled, { outcome, path: this.path, bytes: CONTENT.length });
    assert.equal(sha256(Deno.readFileSync(this.path)), sha256(CONTENT));
    assert.deepEqual(this.folder.names(), ["tiny.json", "tiny.onnx"]);
  }

  /** No weights are there, whole or half. */
  nothing(): void {
    assert.deepEqual(this.folder.names(), ["tiny.json"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.folder[Symbol.asyncDispose]();
  }
}

Deno.test("weights come whole, and are told piece by piece", async () => {
  await using scene = new Scene();
  const told: number[] = [];
  scene.onPiece = (bytes) => told.push(bytes);
  scene.done(await scene.pull());
  assert.deepEqual(told, told.toSorted((a, b) => a - b));
  assert.equal(told.at(-1), CONTENT.length);
  assert.deepEqual(scene.server.asked, [{ path: "/weights.onnx", range: null, ifRange: null }]);
});

Deno.test("weights that are there are not pulled again", async () => {
  await using scene = new Scene();
  scene.folder.write("tiny.onnx", CONTENT);
  scene.done(await scene.pull(), "present");
  assert.deepEqual(scene.server.asked, []);
});

Deno.test("wrong weights are replaced by the right ones, never by others", async () => {
  await using scene = new Scene([{ content: OTHER }, {}]);
  scene.folder.write("tiny.onnx", "something else");
  await refused(scene.pull(), "failed_precondition");
  assert.equal(Deno.readTextFileSync(scene.path), "something else");
  scene.done(await scene.pull());
});

Deno.test("a manifest that does not say how many bytes, a server that does not either", async () => {
  await using scene = new Scene([{ hidesLength: true }]);
  scene.done(await scene.pull({ bytes: undefined }));
});

Deno.test("a lost connection is taken up where it ended", async () => {
  await using scene = new Scene([{ cutsAfter: 100_000 }, { cutsAfter: 100_000 }, {}]);
  scene.done(await scene.pull());
  const [first, second, third] = scene.server.asked;
  assert.equal(first?.range, null);
  assert.match(second?.range ?? "", /^bytes=\d+-$/);
  assert.match(second?.ifRange ?? "", /^"/);
  assert.match(third?.range ?? "", /^bytes=\d+-$/);
  assert.equal(scene.clock.waits.length, 2);
});

Deno.test("tries have an end; what has come is kept for the next command", async () => {
  await using scene = new Scene([{ cutsAfter: 100_000 }, ...Array(4).fill({ status: 503 }), {}]);
  const message = await refused(scene.pull(), "unavailable");
  assert.match(
    message,
    /answered 503 Service Unavailable; \d+ bytes are kept in .*tiny\.onnx\.part/,
  );
  assert.deepEqual(scene.clock.waits, [1000, 2000, 4000, 8000]);
  assert.deepEqual(scene.folder.names(), ["tiny.json", "tiny.onnx.part", "tiny.onnx.part.from"]);
  scene.done(await scene.pull());
  assert.match(scene.server.asked.at(-1)?.range ?? "", /^bytes=[1-9]\d*-$/);
});

Deno.test("a server that knows no ranges starts anew", async () => {
  await using scene = new Scene([{ cutsAfter: 100_000 }, { ignoresRange: true }]);
  scene.done(await scene.pull());
});

Deno.test("a file that changed on the server meanwhile starts anew", async () => {
  await using scene = new Scene([{ cutsAfter: 100_000, content: OTHER }, {}]);
  scene.done(await scene.pull());
  assert.equal(scene.server.asked.length, 2);
});

Deno.test("a changed file behind the same ETag: what was here before is forgotten", async () => {
  const etag = '"always"';
  await using scene = new Scene([
    { cutsAfter: 200_000, content: OTHER, etag },
    ...Array(4).fill({ status: 503 }),
    { etag },
  ]);
  await refused(scene.pull(), "unavailable");
  scene.done(await scene.pull());
  assert.deepEqual(scene.server.asked.slice(-1)[0]?.range, null, "from the start");
});

Deno.test("a part of another file or another place is forgotten", async () => {
  await using scene = new Scene();
  scene.folder.write("tiny.onnx.part", OTHER.subarray(0, 1000));
  scene.done(await scene.pull());
  assert.equal(scene.server.asked[0]?.range, null);
});

Deno.test("a whole part needs no server any more", async () => {
  await using scene = new Scene();
  scene.folder.write("tiny.onnx.part", CONTENT);
  const note = { url: scene.server.url, sha256: sha256(CONTENT) };
  scene.folder.write("tiny.onnx.part.from", JSON.stringify(note));
  scene.done(await scene.pull());
  assert.deepEqual(scene.server.asked, []);
  await Deno.remove(scene.path);
  scene.folder.write("tiny.onnx.part", CONTENT);
  scene.folder.write("tiny.onnx.part.from", JSON.stringify(note));
  scene.done(await scene.pull({ bytes: undefined }));
  assert.equal(scene.server.asked.length, 1, "416: there is no more");
});

Deno.test("other bytes than the manifest's are refused with both hashes", async () => {
  await using scene = new Scene([{ content: OTHER }]);
  const message = await refused(scene.pull(), "failed_precondition");
  assert.match(message, /^Cannot use what http:\S+ holds as the weights of "tiny": /);
  assert.ok(message.includes(sha256(OTHER)) && message.includes(sha256(CONTENT)), message);
  scene.nothing();
});

Deno.test("another length than the manifest's is refused before the body, or in it", async () => {
  for (const hidesLength of [false, true]) {
    await using scene = new Scene([{ hidesLength, content: noise(400_000, 3) }]);
    const message = await refused(scene.pull(), "failed_precondition");
    assert.match(message, hidesLength ? /more bytes than 300000/ : /400000 bytes, 300000 are/);
    scene.nothing();
  }
});

Deno.test("a body that stalls is hung up on, and gone on with", async () => {
  await using scene = new Scene([{ stallsAfter: 131_072 }, {}]);
  scene.onPiece = (bytes) => bytes === 131_072 && setTimeout(() => scene.clock.expire());
  scene.done(await scene.pull());
  assert.equal(scene.server.asked[1]?.range, "bytes=131072-");
});

Deno.test("a server that never answers is given up on", async () => {
  await using scene = new Scene([{ isSilent: true }]);
  const pulling = refused(scene.pull(), "unavailable");
  const expiring = setInterval(() => scene.clock.expire(), 5);
  assert.match(await pulling, /no answer from 127\.0\.0\.1:\d+ for 30 s; nothing has come/);
  clearInterval(expiring);
  scene.nothing();
});

Deno.test("nobody there: told after a few tries", async () => {
  await using scene = new Scene();
  const gone = new FileServer(CONTENT);
  const { url } = gone;
  await gone[Symbol.asyncDispose]();
  const message = await refused(scene.pull({ url }), "unavailable");
  assert.ok(message.startsWith(`Cannot pull the model "tiny" from ${url}: `), message);
  assert.match(message, /refused.*; nothing has come$/);
  assert.equal(scene.clock.waits.length, 4);
  scene.nothing();
});

Deno.test("404 is not tried again", async () => {
  await using scene = new Scene([{ status: 404 }]);
  const message = await refused(scene.pull(), "unavailable");
  assert.match(message, /the server answered 404 Not Found, 200 is wanted/);
  assert.equal(scene.server.asked.length, 1);
  scene.nothing();
});

Deno.test("redirects are followed, not for ever, and not to what is no web address", async () => {
  const to = (location: string): Manners => ({ status: 302, location });
  await using scene = new Scene([to("/elsewhere"), {}]);
  scene.done(await scene.pull());
  assert.deepEqual(scene.server.asked.map(({ path }) => path), ["/weights.onnx", "/elsewhere"]);

  await using loop = new Scene([to("/weights.onnx")]);
  assert.match(await refused(loop.pull(), "unavailable"), /redirects more than 5 times/);
  assert.equal(loop.server.asked.length, 6);
  loop.nothing();

  await using file = new Scene([to("file:///etc/passwd")]);
  assert.match(await refused(file.pull(), "unavailable"), /an http\(s\) URL is wanted/);
});

Deno.test("a redirect from https to http is refused", async () => {
  await using scene = new Scene();
  const fetch = () =>
    Promise.resolve(new Response(null, { status: 301, headers: { location: "http://b/x" } }));
  const pulling = scene.pull({ url: "https://a.example/x" }, { fetch });
  assert.match(await refused(pulling, "unavailable"), /redirects to http:\/\/b, .* not encrypted/);
});

Deno.test("a directory that cannot be made, a disk that is full", async () => {
  await using scene = new Scene();
  const file = scene.folder.write("file", "");
  const made = manifest({ url: scene.server.url });
  const entry = { manifest: made, path: "", present: false, bundled: false, stamp: "" };
  const deps = { clock: scene.clock, rng: () => 1, drain: scene.drain.signal };
  const message = await refused(pull(entry, `${file}/models`, deps), "failed_precondition");
  assert.match(message, /^Cannot make the model directory .*, another one is wanted/);
  await Deno.remove(file);

  if (Deno.build.os !== "linux") return;
  await Deno.symlink("/dev/full", `${scene.path}.part`);
  const full = await refused(scene.pull(), "failed_precondition");
  assert.match(full, /^Cannot write ".*tiny\.onnx\.part": No space left on device/);
  scene.nothing();
});

Deno.test("told to stop: what has come is kept, and the next command goes on", async () => {
  await using scene = new Scene([{ stallsAfter: 131_072 }, {}]);
  scene.onPiece = (bytes) => bytes === 131_072 && scene.drain.abort();
  const message = await refused(scene.pull(), "cancelled");
  assert.match(message, /told to stop; 131072 bytes are kept .* goes on from there$/);
  scene.done(await scene.pull({}, { drain: new AbortController().signal }));
  assert.equal(scene.server.asked[1]?.range, "bytes=131072-");
});

Deno.test("two pulls at once: one works, the other is told", async () => {
  await using scene = new Scene([{ stallsAfter: 131_072 }, {}]);
  let second: Promise<string> | undefined;
  scene.onPiece = (bytes) => {
    if (bytes !== 131_072 || second) return;
    second = refused(scene.pull(), "already_in_use");
    second.then(() => scene.clock.expire());
  };
  scene.done(await scene.pull());
  assert.match(await second!, /another pull is writing it, one at a time is wanted/);
});

Deno.test("many pulls one upon the other leave the right bytes", async () => {
  await using scene = new Scene();
  const pulls = await Promise.allSettled(Array.from({ length: 8 }, () => scene.pull()));
  const ended = pulls.map((one) =>
    one.status === "fulfilled" ? one.value.outcome : one.reason.code
  );
  assert.ok(ended.includes("pulled"), String(ended));
  assert.ok(
    ended.every((end) => ["pulled", "present", "already_in_use"].includes(end)),
    `${ended}`,
  );
  scene.done(await scene.pull(), "present");
});

Deno.test("weights that nobody publishes: told where they come from and where they go", async () => {
  await using scene = new Scene([], { source: "https://example.org/zoo" });
  const message = await refused(scene.pull({ url: undefined }), "failed_precondition");
  assert.match(
    message,
    /has no url.* comes from https:\/\/example\.org\/zoo: a copy of it at \S+tiny\.onnx is enough/,
  );
  assert.ok(message.includes(sha256(CONTENT)), message);
});
