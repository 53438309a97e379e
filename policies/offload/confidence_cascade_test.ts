import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { play, type Scene } from "../../tests/fakes/scene.ts";
import { snapshot } from "../../tests/fakes/snapshot.ts";
import { confidenceCascade } from "./confidence_cascade.ts";

/** A good link, and an edge of whose results every second is doubtful. */
const SCENE: Scene = {
  ...{ frames: 600, everyMs: 100, deadlineMs: 200 },
  parameters: { below: 0.5, bytes_per_s: 20_000 },
  answerMs: (bytes) => 50 + bytes / 1000,
  localScore: (index) => index % 2 === 0 ? 0.4 : 0.6,
};

Deno.test("doubtful frames are sent within the bandwidth, which is used", () => {
  const { answers, bytes, sent } = play(confidenceCascade, SCENE);
  assert.ok(answers.every(({ decision }) => decision.place === "local"));
  assert.ok(sent > 150 && sent <= 300, `${sent} were sent`);
  assert.ok(bytes < 61 * 20_000 && bytes > 0.6 * 60 * 20_000, `${bytes} bytes in a minute`);
});

Deno.test("frames that were sure cost nothing", () => {
  const { bytes, answers } = play(confidenceCascade, { ...SCENE, localScore: () => 0.9 });
  assert.equal(bytes, 0);
  const without = answers.filter(({ decision }) =>
    decision.place === "local" && decision.second === undefined
  );
  assert.ok(without.length < 10, `${without.length} could not have been sent`);
});

Deno.test("the rarer doubt is, the larger frames are sent", () => {
  const heights = (one: Scene) =>
    play(confidenceCascade, one).answers.slice(300).flatMap(({ decision }) =>
      decision.place === "local" && decision.second ? [decision.second.height] : []
    );
  const mean = (all: number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
  const rare = heights({ ...SCENE, localScore: (index) => index % 20 === 0 ? 0.4 : 0.6 });
  const always = heights({ ...SCENE, localScore: () => 0.4 });
  assert.ok(mean(rare) > 1.3 * mean(always), `${mean(rare)} and ${mean(always)}`);
});

Deno.test("nothing found is doubtful", () => {
  assert.ok(play(confidenceCascade, { ...SCENE, localScore: () => 0 }).sent > 100);
});

Deno.test("without a cloud, or one that would be in time, the edge's own result counts", () => {
  const dead = confidenceCascade(snapshot({ cloud: { available: false } }), seededRng(1));
  assert.deepEqual([dead.place, "second" in dead], ["local", false]);
  const hasty = confidenceCascade(snapshot({ settings: { deadlineMs: 30 } }), seededRng(1));
  assert.deepEqual([hasty.place, "second" in hasty], ["local", false]);
});

Deno.test("an edge without a model sends what the bandwidth bears", () => {
  const blind = snapshot({ local: { models: [] } });
  const first = confidenceCascade(blind, seededRng(1));
  assert.equal(first.place, "cloud");
  const poor = { ...blind, parameters: { bytes_per_s: 100 } };
  const { state } = confidenceCascade(poor, seededRng(1));
  assert.equal(confidenceCascade({ ...poor, state }, seededRng(1)).place, "filter");
});
