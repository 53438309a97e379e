/** What is piped in, as another program sends it. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Folder } from "./fakes/folder.ts";
import { writeVideo } from "./fakes/video.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** An edge that reads stdin into a folder; what is written to it is piped in. */
function edgeOf(folder: Folder, ...args: readonly string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "main.ts", "edge", "-f", "-", "--no-images", "--json"],
      ...["--policy", "always_local_fastest_model", "--out", folder.file("out"), ...args],
    ],
    cwd: ROOT,
    env: { SMARTEYE_CONFIG: "", SMARTEYE_MODELS: folder.file("none") },
    ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
  }).spawn();
  return { child, writer: child.stdin.getWriter() };
}

async function ranWith(bytes: Uint8Array) {
  await using folder = new Folder();
  const { child, writer } = edgeOf(folder);
  await writer.write(bytes).then(() => writer.close()).catch(() => {}); // it has read enough
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stderr: text(stderr), summary: JSON.parse(text(stdout) || "{}") };
}

async function clip(): Promise<Uint8Array> {
  await using folder = new Folder();
  await writeVideo(folder.file("grey.mp4"), { width: 96, height: 64, frames: 20, fps: 10 });
  return await Deno.readFile(folder.file("grey.mp4"));
}

Deno.test("a video that is piped in whole is read to its end, and that is a success", async () => {
  const { code, stderr, summary } = await ranWith(await clip());
  assert.equal(code, 0, stderr);
  assert.deepEqual([summary.frames.captured, summary.error], [20, undefined]);
});

Deno.test("a video that is piped in and cut off is told, and so is a pipe with nothing in it", async () => {
  const whole = await clip();
  const cut = await ranWith(whole.subarray(0, whole.length - 60));
  assert.equal(cut.code, 1, cut.stderr);
  assert.match(
    cut.stderr,
    /error: Cannot read "stdin": after frame \d+: it ends in the middle of a frame/,
  );
  assert.match(cut.stderr, /a whole video that is piped in is wanted/);
  const nothing = await ranWith(new Uint8Array());
  assert.equal(nothing.code, 1);
  assert.match(nothing.stderr, /Cannot read "stdin": .* a whole video that is piped in is wanted/);
});

Deno.test("while nothing is piped in, or a server says nothing, SIGTERM ends a run in good order", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken: Deno.Conn[] = [];
  void (async () => {
    for await (const connection of silent) taken.push(connection);
  })().catch(() => {});
  const address = `http://127.0.0.1:${silent.addr.port}/video.mp4`;
  for (const more of [[], ["--live"], ["-f", address, "--stall", "60000"]]) {
    await using folder = new Folder();
    const { child, writer } = edgeOf(folder, ...more);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const endedAt = performance.now();
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
    const { code, stdout, stderr } = await child.output();
    clearTimeout(late);
    await writer.abort().catch(() => {});
    assert.equal(code, 0, `${more}: ${new TextDecoder().decode(stderr)}`);
    assert.ok(performance.now() - endedAt < 10_000, `${more}`);
    assert.equal(JSON.parse(new TextDecoder().decode(stdout)).frames.captured, 0);
  }
  for (const connection of taken) connection.close();
});
