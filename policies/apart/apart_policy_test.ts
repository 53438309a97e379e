/** Users' policies in real Workers: whatever they do, each decision ends, and says how. */

import assert from "node:assert/strict";
import { type Clock, systemClock } from "../../core/clock.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { PolicyProcess } from "../../tests/fakes/policy_process.ts";
import { snapshot } from "../../tests/fakes/snapshot.ts";
import { LateDecision, type LoadedPolicy, NotAsked } from "../loaded_policy.ts";
import type { ControlSnapshot } from "../offload/policy.ts";
import { decideOn } from "../offload/decide.ts";
import { loadControlPolicy } from "../registry.ts";

const FILTER = `{ place: "filter", reason: "" }`;
/** What the trial on the sample is told from the decisions after it by. */
const CALLS = `let calls = -1;`;

type Policy = LoadedPolicy<ControlSnapshot>;

/** Loads a module of that source, and closes it after the test. */
async function withPolicy(
  source: string,
  test: (policy: Policy) => Promise<void>,
  budgetMs = 1000,
  clock: Clock = systemClock,
): Promise<void> {
  await using folder = new Folder();
  const path = folder.write("mine.js", source);
  const policy = await loadControlPolicy(path, { clock, budgetMs });
  try {
    await test(policy);
  } finally {
    policy.close();
  }
}

/** What a decision ends with: its answer, or the one line that it fails with. */
async function outcome(policy: Policy, index = 1): Promise<unknown> {
  try {
    return (await decideOn(policy, snapshot({ frame: { index } }), index)).decision.reason;
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.ok(!error.message.includes("\n") && error.message.length < 700, error.message);
    return `${error instanceof LateDecision ? "late: " : ""}${error.message}`;
  }
}

/** What it does at its first decision after the trial, and how that ends. */
const DEEDS: readonly (readonly [what: string, does: string, ends: RegExp])[] = [
  ["throws", `throw new Error("no luck\\nat all")`, /^no luck$/],
  ["throws text", `throw "no luck"`, /^no luck$/],
  ["throws nothing", `throw undefined`, /^undefined$/],
  ["throws a symbol", `throw Symbol("x")`, /^Symbol\(x\)$/],
  ["throws endless text", `throw new Error("x".repeat(1e7))`, /^x{200}$/],
  [
    "throws what throws",
    `throw Object.defineProperty(new Error(), "message", { get() { throw 1 } })`,
    /^something that cannot be shown$/,
  ],
  ["promises", `return Promise.resolve(${FILTER})`, /^it returned a promise, one that returns/],
  ["rejects", `return Promise.reject(new Error("x"))`, /^it returned a promise/],
  ["looks like a promise", `return { then() {} }`, /^it returned a promise/],
  ["has a then that throws", `return { get then() { throw new Error("t") } }`, /^t$/],
  ["returns a function", `return () => 1`, /^it returned \[Function.*\], plain data is wanted/],
  ["returns a symbol", `return Symbol("x")`, /^it returned Symbol\(x\), plain data is wanted/],
  ["returns a big number", `return 10n`, /^its decision 10n is not usable/],
  ["returns a proxy", `return new Proxy({}, {})`, /^it returned .*, plain data is wanted/],
  [
    "returns a revoked proxy",
    `const p = Proxy.revocable({}, {}); p.revoke(); return p.proxy`,
    /./,
  ],
  ["has a getter that throws", `return { get place() { throw new Error("g") } }`, /\(g\)$/],
  ["returns a circle", `const a = {}; a.a = a; return a`, /^"place" of its decision <ref/],
  ["returns a deep one", `let d; for (let i = 0; i < 3e3; i++) d = { d }; return d`, /plain data/],
  ["returns nothing", ``, /^its decision undefined is not usable/],
  [
    "returns a state too large",
    `return { ...filter, state: "x".repeat(1e5) }`,
    /100002 bytes of JSON/,
  ],
  [
    "returns too much",
    `return { ...filter, reason: "x".repeat(1e6) }`,
    /^it returned more than 1500000 bytes of/,
  ],
  [
    "gives a long reason",
    `return { ...filter, reason: "x".repeat(501) }`,
    /"reason" of its deci/,
  ],
  ["returns endless data", `return { ...filter, more: new Uint8Array(2e6) }`, /more than 1500000/],
  [
    "changes its snapshot",
    `snapshot.local.pending = 7; return filter`,
    /read only property 'pend/,
  ],
  ["adds to it", `snapshot.cloud.models.push({})`, /not extensible/],
  [
    "shows itself badly",
    `return { [Symbol.for("Deno.customInspect")]() { throw 1 } }`,
    /decision/,
  ],
  ["loops", `for (;;);`, /^late: it did not answer within 300 ms$/],
  [
    "allocates without end",
    `const a = []; for (;;) a.push([calls++])`,
    /^late: /,
  ],
  ["exits", `Deno.exit(3)`, /^it ended its Worker with status 3$/],
  ["exits by Node", `(await0 => process.exit(4))()`, /^it ended its Worker with status 4$/],
  ["closes itself", `close(); for (;;);`, /^late|^it ended/],
];

Deno.test("what a policy does with a decision costs that decision alone, and is said", async () => {
  for (const [what, does, ends] of DEEDS) {
    await withPolicy(
      `import process from "node:process";
      ${CALLS} const filter = ${FILTER};
      export default function mine(snapshot) {
        if (snapshot.source === "fake" && snapshot.frame.index === 1) { ${does}; return }
        return { ...filter, reason: "well" };
      }`,
      async (policy) => {
        assert.match(String(await outcome(policy)), ends, what);
        assert.equal(await outcome(policy, 2), "well", `${what}: the next one`);
        assert.equal(await outcome(policy, 3), "well", `${what}: the one after it`);
      },
      300,
    );
  }
});

Deno.test("what it does beside its decisions fails one of them, and no other", async () => {
  const cases: [does: string, ends: RegExp][] = [
    [`setTimeout(() => { throw new Error("late boom") })`, /^it failed with "late boom" outside/],
    [`Promise.reject(new Error("left alone"))`, /^it failed with "left alone" outside of a decis/],
    [`queueMicrotask(() => { throw 5 })`, /^it failed with "5" outside of a decision$/],
    [`setTimeout(() => Deno.exit(7))`, /^it ended its Worker with status 7$/],
  ];
  for (const [does, ends] of cases) {
    await withPolicy(
      `export default ({ frame }) => { if (frame.index === 1) { ${does}; } return ${FILTER} }`,
      async (policy) => {
        const first = await outcome(policy);
        await systemClock.sleep(100);
        // What fails before the answer is out fails that one, and then no other.
        const met = first === "" ? await outcome(policy, 2) : first;
        assert.match(String(met), ends, does);
        assert.equal(await outcome(policy, 3), "", `${does}: the one after it`);
      },
      300,
    );
  }
});

Deno.test("a policy that runs out of memory takes nothing else with it", async () => {
  await withPolicy(
    `const kept = [];
    export default ({ frame, source }) => {
      for (let i = 0; source === "fake" && frame.index === 1; i++) kept.push({ i, x: [i] });
      return ${FILTER};
    }`,
    async (policy) => {
      assert.equal(await outcome(policy), "late: it did not answer within 3000 ms");
      assert.equal(await outcome(policy, 2), "");
    },
    3000,
  );
});

Deno.test("a policy that keeps buffers, which nothing else bounds, is stopped", async () => {
  await withPolicy(
    `const kept = []; export default () => (kept.push(new Uint8Array(3e7)), ${FILTER})`,
    async (policy) => {
      const outcomes: unknown[] = [];
      for (let i = 0; i < 12; i++) outcomes.push(await outcome(policy));
      assert.deepEqual(new Set(outcomes), new Set(["", "it holds more than 256 MiB in buffers"]));
    },
  );
});

Deno.test("a policy that is late again and again is started anew each time", async () => {
  await withPolicy(
    `${CALLS} export default () => { if (++calls === 3) for (;;); return { ...${FILTER}, reason: "" + calls } }`,
    async (policy) => {
      const outcomes: unknown[] = [];
      for (let i = 0; i < 9; i++) outcomes.push(await outcome(policy));
      // The trial was its first call; a Worker that is started anew is not tried again.
      const late = "late: it did not answer within 100 ms";
      assert.deepEqual(outcomes, ["1", "2", late, "0", "1", "2", late, "0", "1"]);
    },
    100,
  );
});

Deno.test("a module that was changed is no longer the policy that was loaded", async () => {
  await using folder = new Folder();
  const path = folder.write(
    "mine.js",
    `export default ({ frame }) => { if (frame.index === 2) for (;;); return ${FILTER} }`,
  );
  const policy = await loadControlPolicy(path, { clock: systemClock, budgetMs: 200 });
  try {
    folder.write("mine.js", `export default () => ({ ...${FILTER}, reason: "another" })`);
    assert.equal(await outcome(policy), "");
    assert.match(String(await outcome(policy, 2)), /^late/);
    assert.equal(await outcome(policy, 3), "its module is not what it was when it was loaded");
  } finally {
    policy.close();
  }
});

Deno.test("a seed gives the same numbers, and what was decided is decided again from the record", async () => {
  await withPolicy(
    `export default ({ frame, state = [] }, rng) => ({
      ...${FILTER}, reason: String(rng() + rng()), state: [...state, frame.index].slice(-3)
    })`,
    async (policy) => {
      const recorded: string[] = [];
      const decided: unknown[] = [];
      let state;
      for (let index = 1; index <= 20; index++) {
        const shown = snapshot({ frame: { index }, ...(state && { state }) });
        const answer = await decideOn(policy, shown, 1000 + index);
        recorded.push(JSON.stringify(shown));
        decided.push(answer);
        state = answer.state;
      }
      assert.deepEqual(state, [18, 19, 20]);
      const again = [];
      for (const [i, text] of recorded.entries()) {
        again.push(await decideOn(policy, JSON.parse(text), 1001 + i));
      }
      assert.deepEqual(again, decided);
      assert.notDeepEqual(await decideOn(policy, JSON.parse(recorded[0]!), 5), decided[0]);
    },
  );
});

Deno.test("an answer that lies there when this thread has stood still is not late", async () => {
  await withPolicy(`export default () => (${FILTER})`, async (policy) => {
    for (let i = 0; i < 3; i++) {
      const asked = outcome(policy);
      await systemClock.sleep(0); // it is sent
      const untilMs = performance.now() + 150;
      while (performance.now() < untilMs);
      assert.equal(await asked, "");
    }
  }, 50);
});

Deno.test("decisions wait for each other in order, each with a budget of its own", async () => {
  await withPolicy(
    `export default ({ frame }) => {
      const until = performance.now() + (frame.index === 3 ? 1e9 : 60);
      while (performance.now() < until);
      return { ...${FILTER}, reason: "" + frame.index };
    }`,
    async (policy) => {
      const leaves = new AbortController();
      const ended: unknown[] = [];
      const ask = async (index: number, signal?: AbortSignal) => {
        try {
          await policy.ask(snapshot({ frame: { index } }), 1, signal);
          ended.push(index);
        } catch (error) {
          ended.push(`${index} ${(error as Error).constructor.name}`);
        }
      };
      const all = [ask(1), ask(2), ask(3), ask(4, leaves.signal), ask(5)];
      leaves.abort();
      await ask(6, leaves.signal);
      await Promise.all(all);
      assert.deepEqual(ended, ["4 NotAsked", "6 NotAsked", 1, 2, "3 LateDecision", 5]);
      assert.ok(new NotAsked() instanceof LateDecision);
    },
    200,
  );
});

Deno.test("a closed policy ends, whatever it is at, and starts nothing anew", async () => {
  await withPolicy(
    `export default ({ source }) => { if (source === "fake") for (;;); return ${FILTER} }`,
    async (policy) => {
      const [first, second] = [outcome(policy), outcome(policy)];
      await systemClock.sleep(20);
      policy.close();
      assert.deepEqual(await Promise.all([first, second]), ["it was closed", "it was closed"]);
      assert.equal(await outcome(policy), "it was closed");
    },
    500,
  );
});

Deno.test("what a policy posts by itself is no answer", async () => {
  await withPolicy(
    `import { parentPort, workerData, MessagePort } from "node:worker_threads";
    const forged = { kind: "answered", id: 1, returned: 5 };
    MessagePort.prototype.postMessage = function () { throw new Error("taken") };
    export default ({ frame }) => {
      parentPort?.postMessage(forged);
      globalThis.postMessage?.(forged);
      return { ...${FILTER}, reason: "own " + frame.index + " " + workerData };
    }`,
    async (policy) => {
      for (const index of [1, 2, 3]) {
        assert.match(String(await outcome(policy, index)), new RegExp(`^own ${index} `));
      }
    },
  );
});

Deno.test("a decision that loops leaves no thread behind", async () => {
  await withPolicy(
    `export default ({ source, frame }) => {
      if (source === "fake" && frame.index === 1) for (;;);
      return ${FILTER};
    }`,
    async (policy) => {
      for (let i = 0; i < 5; i++) {
        assert.equal(await outcome(policy), "late: it did not answer within 40 ms");
      }
      await systemClock.sleep(2500); // by then one that was not ended is known as such
      assert.doesNotMatch(String(await outcome(policy, 2)), /asked no more/);
    },
    40,
  );
});

Deno.test("a policy of which Workers cannot be ended is asked no more", async () => {
  // In a process of its own: their threads go on until it ends.
  await using folder = new Folder();
  const path = folder.write(
    "mine.js",
    `export default ({ source }) => {
      if (source === "fake") setTimeout(() => { for (;;); });
      return ${FILTER};
    }`,
  );
  await using process = new PolicyProcess(path, "ask");
  const said = await process.said();
  const refused = said.indexOf(
    "it is asked no more: 3 of its Workers ran out of memory or did not end",
  );
  assert.ok(refused >= 6, said.join("\n"));
  // The last line is about the loading.
  assert.deepEqual(new Set(said.slice(refused, -1)), new Set([said[refused]]));
});
