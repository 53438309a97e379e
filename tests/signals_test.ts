/** An edge of four sources that is ended at any moment: what it reported done is on disk. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { EncodedImage } from "../core/image.ts";
import { pickIndex, seededRng } from "../core/rng.ts";
import { EdgeRun, holdNoGaps, holdWhole, type Stored } from "./rigs/edge_run.ts";

const SOURCES = 4;

/** Milliseconds after the first results, within which a signal comes. */
const SOON_MS = 1500;

/** Moments for each signal. */
const MOMENTS = 2;

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"] as const;

/** Four streets that go on until the edge is told to stop. */
const STREETS = Array.from({ length: SOURCES }, (_, i) => [
  "-f",
  `synthetic:?frames=1000000&width=160&height=96&seed=${i + 1}`,
]).flat();

/** Waits until every source has results on disk. */
async function begun(edge: EdgeRun): Promise<void> {
  const isBegun = () => {
    try {
      const sources = edge.sources();
      return sources.length === SOURCES &&
        sources.every((directory) => edge.stored(directory).records.length > 0);
    } catch {
      return false; // its directory is not there yet
    }
  };
  for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
    if (isBegun()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  edge.program.kill("SIGKILL");
  throw new Error(`there were never results: ${(await edge.program.ran()).stderr}`);
}

/** Holds that the lines of a source are whole, also the last one. */
function holdLines(directory: string): void {
  const text = Deno.readTextFileSync(join(directory, "results.jsonl"));
  assert.ok(text.endsWith("\n"), `half a line: ${text.slice(-80)}`);
  for (const line of text.trimEnd().split("\n")) JSON.parse(line);
}

/** Holds that every image is whole and is of a frame. */
async function holdImages(directory: string, { records }: Stored): Promise<number> {
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name)
    .filter((name) => /^frame_\d+\.jpg$/.test(name));
  for (const name of names) {
    const bytes = await Deno.readFile(join(directory, name));
    const image = await EncodedImage.open(bytes, { pixelsMax: 1e6 });
    const { data } = await image.rgb();
    assert.equal(data.length, 160 * 96 * 3, name);
  }
  assert.ok(names.length + 200 > records.length, "an image a line, but for those under way");
  return names.length;
}

for (const signal of SIGNALS) {
  Deno.test(`${signal} at any moment, with ${SOURCES} sources`, async () => {
    for (let moment = 1; moment <= MOMENTS; moment++) {
      const images = signal === "SIGKILL" || moment === 1 ? "all" : "none";
      await using edge = new EdgeRun(...STREETS, "-i", "20", "--images", images);
      await begun(edge);
      const rng = seededRng(moment * 10 + SIGNALS.indexOf(signal));
      await new Promise((resolve) => setTimeout(resolve, pickIndex(rng, SOON_MS)));
      const before = edge.sources().map((directory) => edge.stored(directory).records.length);
      edge.program.kill(signal);
      const { code, stderr } = await edge.program.ran();
      if (signal === "SIGKILL") assert.notEqual(code, 0);
      else assert.equal(code, 0, stderr);
      for (const [i, directory] of edge.sources().entries()) {
        holdLines(directory);
        const stored = edge.stored(directory);
        holdNoGaps(stored.records);
        assert.ok(stored.records.length >= before[i]!, "no line is lost");
        const isReported = images === "all" ? await holdImages(directory, stored) : 0;
        if (signal === "SIGKILL") {
          assert.equal(stored.summary, undefined, "there is none of a run that did not end");
          continue;
        }
        const { frames, error } = holdWhole(stored);
        assert.equal(error, undefined);
        if (images === "all") assert.equal(isReported, frames.local, "an image each");
      }
    }
  });
}
