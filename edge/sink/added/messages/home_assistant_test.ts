import assert from "node:assert/strict";
import { deviceOf, level } from "./home_assistant.ts";

const CAMERA = {
  ...{ prefix: "smarteye", camera: "front.door" },
  labels: ["person", "traffic light"],
  zones: [{ name: "Porch", labels: ["person"] }],
  ...{ lines: ["step"], hasSnapshots: true },
};

/** What Home Assistant's own schemas want of a device's message and of its parts. */
const WANTED: Readonly<Record<string, readonly string[]>> = {
  binary_sensor: ["state_topic"],
  sensor: ["state_topic"],
  camera: ["topic"],
};

type Parts = Record<string, Record<string, unknown>>;

Deno.test("a camera is a device of Home Assistant's, all of whose parts say what they have to", () => {
  const { topic, payload } = deviceOf("homeassistant", CAMERA);
  assert.equal(topic, "homeassistant/device/smarteye_front_door/config");
  const { device, origin, availability, components, ...rest } = JSON.parse(payload);
  assert.deepEqual(device.identifiers, ["smarteye_front_door"]);
  assert.equal(device.name, "front.door");
  assert.equal(origin.name, "smarteye");
  assert.deepEqual(availability, [
    { topic: "smarteye/available" },
    { topic: "smarteye/front.door/status/detect" },
  ]);
  assert.deepEqual(rest, { availability_mode: "all" });
  const ids = new Set<unknown>();
  for (const [key, part] of Object.entries(components as Parts)) {
    const wanted = WANTED[String(part.platform)];
    assert.ok(wanted, `${key} is a ${part.platform}`);
    for (const field of [...wanted, "unique_id", "name"]) assert.ok(part[field], `${key} ${field}`);
    assert.match(String(part.unique_id), /^[a-z0-9_]+$/);
    ids.add(part.unique_id);
  }
  assert.equal(ids.size, Object.keys(components).length);
  const topics = Object.fromEntries(
    Object.entries(components as Parts).map(([key, one]) => [key, one.state_topic ?? one.topic]),
  );
  const own = "smarteye/front.door";
  assert.deepEqual(topics, {
    ...{ status: `${own}/status/detect`, occupancy: `${own}/all`, count: `${own}/all` },
    ...{ fps: "smarteye/stats", latency: "smarteye/stats" },
    ...{ person_count: `${own}/person`, person_occupancy: `${own}/person` },
    person_snapshot: `${own}/person/snapshot`,
    ...{ traffic_light_count: `${own}/traffic light` },
    traffic_light_occupancy: `${own}/traffic light`,
    traffic_light_snapshot: `${own}/traffic light/snapshot`,
    ...{ zone_porch_occupancy: `${own}/Porch/all`, zone_porch_count: `${own}/Porch/all` },
    zone_porch_person_count: `${own}/Porch/person`,
    ...{ line_step_in: `${own}/step/in`, line_step_out: `${own}/step/out` },
  });
});

Deno.test("two edges with prefixes of their own are two devices, and no pictures are no cameras", () => {
  const { topic, payload } = deviceOf("ha", { ...CAMERA, prefix: "site/a", hasSnapshots: false });
  assert.equal(topic, "ha/device/smarteye_site_a_front_door/config");
  assert.ok(!Object.keys(JSON.parse(payload).components).some((key) => /snapshot/.test(key)));
});

Deno.test("a name is one level of a topic, whatever is in it", () => {
  assert.equal(level("a/b+c#d\n"), "a_b_c_d_");
  assert.equal(level("traffic light"), "traffic light");
});
