import assert from "node:assert/strict";
import { sceneResults } from "../../../../tests/fakes/scene_results.ts";
import type { RuleOptions } from "../../../rules/options.ts";
import { Camera } from "./camera.ts";
import { MQTT_DEFAULTS } from "./options.ts";
import { Retained } from "./retained.ts";

const RULE: RuleOptions = {
  ...{ name: "people", labels: ["person"], places: [], hours: [], minimumMs: 0, scoreMin: 0 },
  ...{ cooldownMs: 0, sinks: ["home"], sources: [], clip: { beforeMs: 1000, afterMs: 1000 } },
};

/** What a camera tells of a scene, and what it counts on the way: as text, in order. */
function told(rules: readonly string[] | undefined) {
  const retained = new Retained();
  const counts = new Set<string>();
  const camera = new Camera({
    ...{ prefix: "p", setZone: () => {}, options: { ...MQTT_DEFAULTS, discovery: undefined } },
    retained: Object.assign(retained, {
      set(topic: string, value: unknown) {
        if (typeof value === "string") counts.add(`${topic} ${value}`);
        return Retained.prototype.set.call(retained, topic, value as string);
      },
    }),
  }, {
    options: {
      ...{ name: "door", source: "0", resultsDirectory: "", events: "text", rules: [RULE] },
    },
    ...{ live: true, input: "0", policy: "p", seed: 1, ...(rules ? { rules } : {}) },
  });
  const { results, rest } = sceneResults("door", 80, [RULE]);
  const messages = [
    ...results.flatMap((one) => camera.see(one)),
    ...rest.flatMap((note) => camera.hear(note)),
  ].map(({ topic, payload }) => ({ topic, value: JSON.parse(String(payload)) }));
  const events = messages.filter(({ topic }) => topic === "p/events").map(({ value }) => value);
  return { messages, events, counts };
}

Deno.test("a camera that rules name tells of what met one, and counts all the same", () => {
  const all = told(undefined);
  const own = told(["people"]);
  const labels = (events: readonly { after: { label: string } }[]) =>
    [...new Set(events.map(({ after }) => after.label))].sort();
  assert.deepEqual([labels(all.events), labels(own.events)], [["car", "person"], ["person"]]);
  assert.deepEqual(own.counts, all.counts);
  assert.ok([...own.counts].some((one) => /^p\/door\/car [1-9]/.test(one)));
  assert.equal(told(["another"]).events.length, 0);

  const alerts = own.messages.filter(({ topic }) => topic === "p/door/alert");
  const ids = new Set(own.events.map(({ after }) => after.id));
  assert.deepEqual(new Set(alerts.map(({ value }) => value.id)), ids);
  for (const id of ids) {
    const types = own.events.filter(({ after }) => after.id === id).map(({ type }) => type);
    assert.deepEqual([types[0], types.at(-1)], ["new", "end"]);
    assert.equal(types.filter((type) => type !== "update").length, 2);
    const ended = own.events.find(({ type, after }) => type === "end" && after.id === id)!;
    assert.equal(ended.after.has_clip, true);
  }
  assert.ok(all.events.every(({ after }) => after.label === "person" || !after.has_clip));
});
