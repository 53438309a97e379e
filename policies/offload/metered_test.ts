import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { play, type Scene } from "../../tests/fakes/scene.ts";
import { snapshot } from "../../tests/fakes/snapshot.ts";
import { metered } from "./metered.ts";

const HOUR = 3_600_000;

/** A good link; four minutes are a period. */
const SCENE: Scene = {
  ...{ frames: 2400, everyMs: 100, deadlineMs: 200 },
  parameters: { megabytes: 3, period_hours: 240_000 / HOUR },
  answerMs: (bytes) => 50 + bytes / 1000,
};

Deno.test("the allowance is spent over the whole period, and no more than it", () => {
  const { answers, bytes } = play(metered, SCENE);
  assert.ok(bytes <= 3_000_000 && bytes > 2_200_000, `${bytes} bytes`);
  const sent = (from: number) =>
    answers.slice(from, from + 600).filter(({ decision }) => decision.place === "cloud").length;
  const quarters = [0, 600, 1200, 1800].map(sent);
  assert.ok(Math.min(...quarters) > 0.5 * Math.max(...quarters), `sent: ${quarters}`);
});

Deno.test("more allowance, more bytes", () => {
  const spent = [0.3, 1, 10].map((megabytes) =>
    play(metered, { ...SCENE, parameters: { ...SCENE.parameters, megabytes } }).bytes
  );
  assert.ok(spent[0]! < 300_000 && spent[1]! < 1_000_000 && spent[2]! < 10_000_000, `${spent}`);
  assert.ok(spent[0]! < spent[1]! && spent[1]! < spent[2]!, `${spent}`);
});

Deno.test("the allowance is never passed, however wrong the price is", () => {
  const parameters = { megabytes: 0.05, period_hours: 1000 };
  const { bytes, sent } = play(metered, { ...SCENE, parameters });
  assert.ok(sent > 0 && bytes <= 50_000, `${bytes} bytes`);
});

Deno.test("with the next period the allowance begins anew", () => {
  const parameters = { megabytes: 0.05, period_hours: 60_000 / HOUR };
  const { bytes, answers } = play(metered, { ...SCENE, parameters });
  assert.ok(bytes > 100_000 && bytes <= 200_000, `${bytes} bytes in four periods`);
  const last = answers.slice(1800).filter(({ decision }) => decision.place === "cloud").length;
  assert.ok(last > 0);
});

Deno.test("a source that begins anew gets no second allowance", () => {
  const spent = { ptsMs: 5000, elapsedMs: 5000, spentBytes: 999_000, logPrice: -10 };
  const { state } = metered(snapshot(), seededRng(1));
  const content = (state as { readonly content: null }).content;
  const again = snapshot({
    frame: { index: 100, ptsMs: 0 },
    parameters: { megabytes: 1, period_hours: 1 },
    state: { content, account: spent },
  });
  assert.equal(metered(again, seededRng(1)).place, "local");
});

Deno.test("the reason says what a frame gains, what it costs, and what is spent", () => {
  const { place, reason } = metered(snapshot(), seededRng(1));
  assert.equal(place, "cloud");
  assert.match(reason, /^0\.\d\d gained for \d+ bytes, a kB costs 0\.020, 0\.0 % is spent$/);
});
