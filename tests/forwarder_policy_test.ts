/** The forwarder under a dispatch policy of its user's that does what none should. Real sockets. */

import assert from "node:assert/strict";
import { InferAnswer } from "../proto/http_codec.ts";
import { JPEG, world } from "./fakes/forwarder_world.ts";
import { Folder } from "./fakes/folder.ts";
import { startScriptedServer } from "./fakes/grpc_server.ts";
import { Program } from "./fakes/program.ts";
import { refused } from "./fakes/refused.ts";

/** Picks the first on the sample, and then does what is said. */
const then = (does: string) =>
  `let calls = 0;
  export const parameters = {
    place: { about: "which one", unit: "", default: 0, min: 0, max: 9, isWhole: true },
  };
  export default function mine({ model, candidates, parameters }) {
    const picked = candidates[parameters.place].name;
    if (model === "m") { ${does} }
    return picked;
  }`;

async function withPolicy(source: string, test: (path: string) => Promise<void>): Promise<void> {
  await using folder = new Folder();
  await test(folder.write("mine.js", source));
}

Deno.test("a user's policy picks, with the parameters that were given", async () => {
  await withPolicy(then(""), async (dispatchPolicy) => {
    const policyParameters = { mine: { place: { text: "1", where: "config.ini:3" } } };
    await world(2, { dispatchPolicy, policyParameters }, async ({ post, servers }) => {
      for (let i = 0; i < 5; i++) {
        assert.equal(InferAnswer.parse(await (await post()).json()).server, servers[1]!.name);
      }
    });
    const wrong = { mine: { place: { text: "10", where: "config.ini:3" } } };
    const message = await refused(
      world(0, { dispatchPolicy, policyParameters: wrong }, () => Promise.resolve()),
      "invalid_argument",
    );
    assert.match(message, /"mine": config.ini:3: found "10", wanted a whole number from 0 to 9$/);
  });
});

Deno.test("whatever a policy does, every request is answered", async () => {
  const deeds = [
    `for (;;);`,
    `throw new Error("no")`,
    `return 5`,
    `Deno.exit(1)`,
    `return () => 1`,
  ];
  for (const does of deeds) {
    await withPolicy(then(does), async (dispatchPolicy) => {
      await world(2, { dispatchPolicy, decisionMs: 30 }, async ({ post, base }) => {
        const metrics = async () => await (await fetch(`${base}/metrics`)).text();
        const isSetAside = async () =>
          /fallbacks_total\{why="set_aside"\} \d/.test(await metrics());
        for (let round = 0; !await isSetAside(); round++) {
          assert.ok(round < 100, `${does}: it is asked again and again`);
          const startedAtMs = performance.now();
          const answers = await Promise.all(Array.from({ length: 4 }, () => post()));
          for (const answer of answers) InferAnswer.parse(await answer.json());
          assert.ok(performance.now() - startedAtMs < 1500, `${does}: it took too long`);
        }
        assert.match(await metrics(), /dispatch_fallbacks_total\{why="(late|failed)"\} \d/, does);
      });
    });
  }
});

Deno.test("under a policy that loops the program answers, says so once, and ends when told", async () => {
  const server = await startScriptedServer();
  try {
    await withPolicy(then("for (;;);"), async (path) => {
      await using forwarder = new Program([
        ...["forward", "--listen", "127.0.0.1:0", "--json", "--policy", path],
        ...["--servers", server.name],
      ]);
      const url = `http://${await forwarder.address()}/image_handler?model=m`;
      const post = async () => {
        const headers = { "content-type": "image/jpeg" };
        const answer = await fetch(url, { method: "POST", body: JPEG, headers });
        assert.equal(answer.status, 200, await answer.text());
      };
      for (let i = 0; i < 40; i++) await post();
      await forwarder.tells(/"mine" went wrong 10 times in a row and is asked no more/);
      await post();
      const last = post();
      forwarder.kill("SIGTERM");
      await last.catch(() => {}); // it may have come too late
      const { code, stderr } = await forwarder.ran();
      assert.equal(code, 0, stderr);
      assert.equal(stderr.match(/is asked no more/g)?.length, 1);
      assert.match(stderr, /policy "mine" did not pick, shortest_queue did: it did not answer/);
    });
  } finally {
    server.kill();
  }
});

Deno.test("a program whose policy does not load ends when it is told to", async () => {
  await withPolicy(`console.log("loading"); for (;;);`, async (path) => {
    await using forwarder = new Program([
      ...["forward", "--listen", "127.0.0.1:0", "--policy", path],
    ]);
    await forwarder.tells(/loading/);
    forwarder.kill("SIGTERM");
    const startedAtMs = performance.now();
    const { code, stdout, stderr } = await forwarder.ran();
    assert.ok(performance.now() - startedAtMs < 3000);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /Cannot load the policy ".*": the program was told to stop/);
    assert.equal(stdout, "");
  });
});
