/** The policies in README and docs/policies.md, as they stand there: over a slow, a cut and a dead link. */

import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { type Clock, systemClock } from "../core/clock.ts";
import { checkedPick } from "../policies/dispatch/check.ts";
import type { ControlPolicy } from "../policies/offload/policy.ts";
import { type Parameters, parameterValues } from "../policies/parameters.ts";
import { loadControlPolicy, loadDispatchPolicy } from "../policies/registry.ts";
import { SAMPLE_DISPATCH } from "../policies/samples.ts";
import { Folder } from "./fakes/folder.ts";
import { FakeNode, FakeRun, INFERRED, scripted } from "./fakes/run.ts";
import { VirtualCloud } from "./fakes/virtual_cloud.ts";

/** The modules of a page: every block of code that exports a policy, by its name. */
async function examplesOf(page: string): Promise<[name: string, source: string][]> {
  const text = await Deno.readTextFile(new URL(`../${page}`, import.meta.url));
  const blocks = [...text.matchAll(/```ts\n([^]*?)```/g)].map((match) => match[1]!);
  return blocks.flatMap((source) => {
    const name = /export default function (\w+)/.exec(source)?.[1];
    return name === undefined ? [] : [[name, source] as [string, string]];
  });
}

const EXAMPLES = new Map(
  (await Promise.all(["README.md", "docs/policies.md"].map(examplesOf))).flat(),
);
const CONTROL = [...EXAMPLES.keys()].filter((name) => name !== "fastestAnswer");

/** A module that is imported here, so that it can be asked in virtual time. */
async function imported(name: string): Promise<ControlPolicy> {
  await using folder = new Folder();
  // Examples are written for people: they name no types.
  const path = folder.write(`${name}.js`, new TextEncoder().encode(EXAMPLES.get(name)!));
  const module: { default: ControlPolicy; parameters?: Parameters } = await import(
    pathToFileURL(path).href
  );
  const parameters = parameterValues(module.parameters ?? {}, {}).values;
  return (snapshot, rng) => module.default({ ...snapshot, parameters }, rng);
}

/** Milliseconds that a worker takes for a frame; there are two. */
const INFER_MS = 10;
const DEADLINE_MS = 2000;
const FRAMES = 12_000;
const ALONE_S = FRAMES * INFER_MS / 2 / 1000;
const JPEG_BYTES = 28_000;
const GOOD = { bytesPerSec: 2_500_000, delayMs: 50 };
const SLOW = { bytesPerSec: 12_500, delayMs: 50 }; // a frame takes longer than its deadline

/** A minute's frames under a policy, and a cloud behind a link to which something happens. */
async function minute(
  name: string,
  up: typeof GOOD,
  happens: (cloud: VirtualCloud, clock: Clock) => Promise<void> = () => Promise.resolve(),
) {
  const answeredAtMs: number[] = [];
  const inferredAtMs: number[] = [];
  const fake = new FakeNode({
    offloadsMax: 4,
    infer: (clock) => async () => {
      await clock.sleep(INFER_MS);
      inferredAtMs.push(clock.nowMs());
      return INFERRED;
    },
    offload: (clock) => {
      const cloud = new VirtualCloud(clock, { up, down: GOOD, inferMs: 20 });
      void happens(cloud, clock);
      return async (request) => {
        const answer = await cloud.offload(request);
        answeredAtMs.push(clock.nowMs());
        return answer;
      };
    },
  });
  const run = new FakeRun(
    {
      source: { frames: FRAMES, jpegBytes: JPEG_BYTES },
      loaded: scripted(await imported(name), name),
      options: { deadlineMs: DEADLINE_MS, queueLengthMax: 10 },
    },
    1,
    fake,
  );
  const { summary, failure } = await run.end();
  assert.equal(failure, undefined);
  assert.equal(summary.frames.local + summary.frames.cloud, FRAMES, "none is lost");
  return { summary, answeredAtMs, inferredAtMs };
}

for (const name of CONTROL) {
  Deno.test(`${name}: over a link that is too slow, the edge goes on and next to nothing is sent`, async () => {
    const { summary } = await minute(name, SLOW);
    assert.ok(summary.wall_s < ALONE_S / 0.9, `${summary.wall_s} s, alone ${ALONE_S} s`);
    assert.ok(summary.bytes.up <= 15 * JPEG_BYTES, `${summary.bytes.up} bytes for no answer`);
  });

  Deno.test(`${name}: with a dead cloud, the edge goes on and next to nothing is sent`, async () => {
    const { summary } = await minute(name, GOOD, (cloud) => {
      cloud.answers = false;
      return Promise.resolve();
    });
    assert.equal(summary.frames.cloud, 0);
    assert.ok(summary.wall_s < ALONE_S / 0.9, `${summary.wall_s} s, alone ${ALONE_S} s`);
    assert.ok(summary.bytes.up <= 15 * JPEG_BYTES, `${summary.bytes.up} bytes for no answer`);
  });

  Deno.test(`${name}: a link that is cut for a while is used again`, async () => {
    const [cutAtMs, mendAtMs] = [5000, 15_000];
    const { answeredAtMs, inferredAtMs } = await minute(name, GOOD, async (cloud, clock) => {
      await clock.sleep(cutAtMs);
      cloud.up.cut();
      await clock.sleep(mendAtMs - cutAtMs);
      cloud.up.mend();
    });
    const within = (instants: readonly number[], fromMs: number, toMs: number) =>
      instants.filter((atMs) => atMs >= fromMs && atMs < toMs).length;
    assert.ok(within(answeredAtMs, 0, cutAtMs) > 0, "it was in use before");
    assert.ok(within(answeredAtMs, mendAtMs, Infinity) > within(answeredAtMs, 0, cutAtMs));
    // Some are under way when it is cut: until their deadline is over, nobody knows.
    const knownAtMs = cutAtMs + 2 * DEADLINE_MS;
    const alone = (mendAtMs - knownAtMs) * 2 / INFER_MS;
    const here = within(inferredAtMs, knownAtMs, mendAtMs);
    assert.ok(here >= 0.9 * alone, `${here} were inferred here, alone ${alone}`);
  });
}

Deno.test("the examples are taken as they stand, and each declares what it says", async () => {
  await using folder = new Folder();
  const how = { clock: systemClock, budgetMs: 10_000 };
  const declared: Record<string, string[]> = {};
  for (const [name, source] of EXAMPLES) {
    const path = folder.write(`${name}.ts`, new TextEncoder().encode(source));
    const load = name === "fastestAnswer" ? loadDispatchPolicy : loadControlPolicy;
    const loaded = await load(path, how);
    declared[loaded.name] = Object.keys(loaded.parameters);
    loaded.close();
  }
  assert.deepEqual(declared, {
    nightly: ["least_uplink"],
    fasterPlace: [],
    evenShare: ["share"],
    anyPlace: [],
    fastestAnswer: [],
  });
});

Deno.test("the dispatch example picks the server that answers sooner", async () => {
  await using folder = new Folder();
  const source = EXAMPLES.get("fastestAnswer")!;
  const path = folder.write("fastestAnswer.ts", new TextEncoder().encode(source));
  const loaded = await loadDispatchPolicy(path, { clock: systemClock, budgetMs: 10_000 });
  const [first, second] = SAMPLE_DISPATCH.candidates;
  const candidates = [{ ...first!, latencyMs: 40 }, { ...second!, latencyMs: 10 }];
  const snapshot = { ...SAMPLE_DISPATCH, candidates };
  assert.equal(checkedPick(await loaded.ask(snapshot, 1), snapshot), second!.name);
  loaded.close();
});

Deno.test("evenShare sends the share that it was asked for", async () => {
  const { summary } = await minute("evenShare", GOOD);
  assert.ok(Math.abs(summary.frames.cloud / FRAMES - 0.2) < 0.02, `${summary.frames.cloud}`);
});
