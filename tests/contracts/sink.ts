/** What every sink of results must do. */

import assert from "node:assert/strict";
import type { FrameResult, Sink } from "../../edge/sink/sink.ts";
import { FrameLedger } from "../../edge/ledger.ts";
import { RunStatistics } from "../../edge/statistics.ts";
import { Folder } from "../fakes/folder.ts";
import { CountedPicture } from "../fakes/pictures.ts";
import { droppedResult, result } from "../fakes/records.ts";
import { FakePicture } from "../fakes/source.ts";
import { refused } from "../fakes/refused.ts";
import { RUN_FACTS } from "../fakes/run_facts.ts";

/** A kind of sink, and how a test looks at what one has written. */
export interface SinkCase {
  /** For the names of the tests. */
  readonly name: string;
  /** Opens one that writes into the folder. */
  open(folder: Folder): Promise<Sink>;
  /** The frames that are written there, in that order; absent where frames are not what it writes. */
  readonly written?: (folder: Folder, sink: Sink) => number[];
  /** Opens one that cannot write, be it that a write or the end fails; absent where there is no way to. */
  readonly openBroken?: ((folder: Folder) => Promise<Sink>) | undefined;
}

const summary = new RunStatistics()
  .summary({ ...RUN_FACTS, ledger: new FrameLedger() });

const FRAMES = 24;
const isDropped = (frame: number) => frame % 5 === 0;

/** Frames in order of capture; those that were inferred have pixels. */
function results() {
  return Array.from({ length: FRAMES }, (_, i) => {
    const frame = i + 1;
    return isDropped(frame) ? droppedResult(frame) : result(frame, new CountedPicture());
  });
}

/** Gives a sink everything, as many at once as it takes, each begun in order. */
async function feed(sink: Sink, given: ReturnType<typeof results>): Promise<void> {
  const writing = new Set<Promise<void>>();
  for (const result of given) {
    if (writing.size >= sink.atOnce) await Promise.race(writing);
    const write = sink.write(result).finally(() => writing.delete(write));
    writing.add(write);
  }
  await Promise.all(writing);
}

/** Registers the tests for one kind of sink. In one piece: a list of tests that share nothing else. */
export function sinkContract(kind: SinkCase): void {
  const { name } = kind;

  Deno.test(`${name}: what it was given in order is there when it is closed`, async () => {
    await using folder = new Folder();
    const sink = await kind.open(folder);
    const given = results();
    await feed(sink, given);
    await sink.close(summary);
    if (!kind.written) return;
    const needs = ({ ending, frame }: FrameResult) => sink.needsPicture(ending, frame.index);
    const taken = needs(given[0]!) ? given.filter(needs) : given;
    assert.deepEqual(kind.written(folder, sink), taken.map(({ frame }) => frame.index));
  });

  Deno.test(`${name}: it leaves pictures open, and those that it does not need alone`, async () => {
    await using folder = new Folder();
    const sink = await kind.open(folder);
    const given = results();
    const needs = ({ ending, frame }: FrameResult) => sink.needsPicture(ending, frame.index);
    const needed = given.filter(needs);
    const other = given.filter((one) => !needs(one)).map((result) => {
      const picture = new FakePicture(0);
      picture.close();
      return { ...result, frame: { ...result.frame, picture } };
    });
    await feed(sink, [...needed, ...other]);
    await sink.close(summary);
    for (const { frame: { picture } } of needed) {
      assert.equal((picture as CountedPicture).closed, 0, "whoever owns it closes it");
    }
    for (const { frame: { picture } } of other) {
      assert.ok(!picture.usedAfterClose, "it said that it does not look at it");
      assert.equal(picture.closed, 1);
    }
  });

  Deno.test(`${name}: it has room for a result, and takes one at least`, async () => {
    await using folder = new Folder();
    const sink = await kind.open(folder);
    for (const bound of [sink.queueLengthMax, sink.atOnce]) {
      assert.ok(Number.isInteger(bound) && bound >= 1 && bound <= 10_000, String(bound));
    }
    assert.doesNotMatch(sink.description, /^$|secret/);
    await sink.close();
  });

  Deno.test(`${name}: closed a second time, or without a run, nothing happens`, async () => {
    await using folder = new Folder();
    const sink = await kind.open(folder);
    await feed(sink, results().slice(0, 3));
    await sink.close(summary);
    const before = folder.names();
    await sink.close();
    assert.deepEqual(folder.names(), before);
    const unused = await kind.open(folder);
    await unused.close();
    await unused.close();
  });

  const { openBroken } = kind;
  Deno.test({
    name: `${name}: what it cannot write is an error of ours`,
    ignore: !openBroken,
    async fn() {
      await using folder = new Folder();
      const sink = await openBroken!(folder);
      const doing = async () => {
        await feed(sink, results());
        await sink.close(summary);
      };
      assert.match(await refused(doing, "failed_precondition"), /^Cannot write /);
      await sink.close(summary).catch(() => {}); // may say it again; it gives back what it holds
    },
  });
}
