import assert from "node:assert/strict";
import { sceneResults } from "../../../../tests/fakes/scene_results.ts";
import type { FrameResult } from "../../sink.ts";
import type { RuleOptions } from "../../../rules/options.ts";
import { Camera } from "./camera.ts";
import { MQTT_DEFAULTS } from "./options.ts";
import { Retained } from "./retained.ts";

const RULE: RuleOptions = {
  ...{ name: "people", labels: ["person"], places: [], hours: [], minimumMs: 0, scoreMin: 0 },
  ...{ cooldownMs: 0, sinks: ["home"], sources: [], clip: { beforeMs: 1000, afterMs: 1000 } },
};

/**
 * What a camera tells of a scene, and what it counts on the way, as text.
 *
 * @param zonesUntil frames from which on the scene has no zones any more.
 */
function told(rules: readonly string[] | undefined, zonesUntil = Infinity) {
  const retained = new Retained();
  const counts = new Set<string>();
  const latest = new Map<string, string>();
  const camera = new Camera({
    ...{ prefix: "p", setZone: () => {}, options: { ...MQTT_DEFAULTS, discovery: undefined } },
    retained: Object.assign(retained, {
      set(topic: string, value: unknown) {
        if (typeof value === "string") {
          counts.add(`${topic} ${value}`);
          latest.set(topic, value);
        }
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
  const none: FrameResult["zones"] = [];
  const messages = [
    ...results.flatMap((one, i) => camera.see(i < zonesUntil ? one : { ...one, zones: none })),
    ...rest.flatMap((note) => camera.hear(note)),
  ].map(({ topic, payload }) => ({ topic, value: JSON.parse(String(payload)) }));
  const events = messages.filter(({ topic }) => topic === "p/events").map(({ value }) => value);
  return { messages, events, counts: [...counts], latest };
}

Deno.test("a camera that rules name tells of what met one, and counts all the same", () => {
  const all = told(undefined);
  const own = told(["people"]);
  const labels = (events: readonly { after: { label: string } }[]) =>
    [...new Set(events.map(({ after }) => after.label))].sort();
  assert.deepEqual([labels(all.events), labels(own.events)], [["car", "person"], ["person"]]);
  assert.deepEqual(own.counts, all.counts);
  assert.ok(own.counts.some((one) => /^p\/door\/car [1-9]/.test(one)));
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

Deno.test("zones that come while it runs are counted in, and count nothing when they are gone", () => {
  const yard = (counts: readonly string[]) =>
    counts.filter((one) => one.startsWith("p/door/yard/all "));
  const [all, some] = [told(undefined), told(undefined, 30)];
  assert.ok(yard(all.counts).includes("p/door/yard/all 1"));
  assert.ok(all.counts.includes("p/door/step/in 0"), "a line is there before it is crossed");
  const { results } = sceneResults("door", 80, [RULE]);
  const isIn = results.slice(0, 30).some(({ shown }) =>
    shown && "detections" in shown.findings &&
    shown.findings.detections.some(({ zones }) => zones?.includes("yard"))
  );
  assert.ok(isIn, "somebody was in it when it went");
  assert.equal(some.latest.get("p/door/yard/all"), "0");
});
