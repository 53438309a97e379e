/** Tells Home Assistant of a camera, so that its entities are there without any YAML: MQTT discovery. */

import project from "../../../../deno.json" with { type: "json" };

/** What a camera has topics of. */
export interface DiscoveredCamera {
  /** Before every topic. */
  readonly prefix: string;
  /** The source's name. */
  readonly camera: string;
  /** Labels that are counted. */
  readonly labels: readonly string[];
  /** Zones, each with the labels that are counted in it. */
  readonly zones: readonly { readonly name: string; readonly labels: readonly string[] }[];
  /** Lines. */
  readonly lines: readonly string[];
  /** Whether there are pictures. */
  readonly hasSnapshots: boolean;
}

/** A part of a device. */
type Component = Readonly<Record<string, unknown>>;

/** Words of a topic that a name or a label may have, whatever it is called. */
export function level(name: string): string {
  // deno-lint-ignore no-control-regex -- they are what is replaced
  return name.replace(/[+#/\x00-\x1f]/g, "_");
}

/**
 * The message that makes a camera a device (https://www.home-assistant.io/integrations/mqtt, device
 * discovery): to be kept by the broker, and sent again when there is more to it.
 *
 * @param discovery Home Assistant's own prefix.
 */
export function deviceOf(
  discovery: string,
  camera: DiscoveredCamera,
): { readonly topic: string; readonly payload: string } {
  const { prefix, camera: name } = camera;
  const node = nodeOf(prefix, name);
  const payload = {
    device: {
      identifiers: [node],
      ...{ name, manufacturer: "SmartEye", model: "smarteye edge", sw_version: project.version },
    },
    origin: { name: "smarteye", sw_version: project.version },
    availability: [{ topic: `${prefix}/available` }, { topic: statusTopic(prefix, name) }],
    availability_mode: "all",
    components: Object.fromEntries(
      Object.entries(componentsOf(camera)).map(([key, component]) => [
        key,
        { unique_id: `${node}_${key}`, ...component },
      ]),
    ),
  };
  return { topic: `${discovery}/device/${node}/config`, payload: JSON.stringify(payload) };
}

/** Where it stands whether a camera's pictures come. */
export function statusTopic(prefix: string, camera: string): string {
  return `${prefix}/${level(camera)}/status/detect`;
}

function componentsOf(
  { prefix, camera, labels, zones, lines, hasSnapshots }: DiscoveredCamera,
): Record<string, Component> {
  const own = `${prefix}/${level(camera)}`;
  const all: Record<string, Component> = {
    status: {
      ...{ platform: "binary_sensor", name: "Camera", device_class: "connectivity" },
      ...{ entity_category: "diagnostic", state_topic: statusTopic(prefix, camera) },
      ...{ payload_on: "online", payload_off: "offline" },
      availability: [{ topic: `${prefix}/available` }],
    },
    occupancy: occupied("Occupancy", `${own}/all`),
    count: counted("Count", `${own}/all`),
    fps: measured(prefix, camera, "Frames a second", "process_fps", "fps"),
    latency: measured(prefix, camera, "Latency", "latency_ms.p50", "ms"),
  };
  for (const label of labels) {
    const [key, name] = [slug(label), capital(label)];
    all[`${key}_count`] = counted(`${name} count`, `${own}/${level(label)}`);
    all[`${key}_occupancy`] = occupied(`${name} occupancy`, `${own}/${level(label)}`);
    if (!hasSnapshots) continue;
    const topic = `${own}/${level(label)}/snapshot`;
    all[`${key}_snapshot`] = { platform: "camera", name: `${name} snapshot`, topic };
  }
  for (const { name: zone, labels } of zones) {
    const [key, name, at] = [`zone_${slug(zone)}`, capital(zone), `${own}/${level(zone)}`];
    all[`${key}_occupancy`] = occupied(`${name} occupancy`, `${at}/all`);
    all[`${key}_count`] = counted(`${name} count`, `${at}/all`);
    for (const label of labels) {
      all[`${key}_${slug(label)}_count`] = counted(
        `${name} ${label} count`,
        `${at}/${level(label)}`,
      );
    }
  }
  for (const line of lines) {
    for (const direction of ["in", "out"]) {
      all[`line_${slug(line)}_${direction}`] = {
        ...counted(`${capital(line)} ${direction}`, `${own}/${level(line)}/${direction}`),
        state_class: "total_increasing",
      };
    }
  }
  return all;
}

function counted(name: string, topic: string): Component {
  const icon = "mdi:counter";
  return { platform: "sensor", name, state_topic: topic, state_class: "measurement", icon };
}

function occupied(name: string, topic: string): Component {
  return {
    ...{ platform: "binary_sensor", name, device_class: "occupancy", state_topic: topic },
    value_template: "{{ 'ON' if value | int(0) > 0 else 'OFF' }}",
  };
}

function measured(
  prefix: string,
  camera: string,
  name: string,
  field: string,
  unit: string,
): Component {
  return {
    ...{ platform: "sensor", name, state_topic: `${prefix}/stats`, unit_of_measurement: unit },
    ...{ state_class: "measurement", entity_category: "diagnostic" },
    value_template: `{{ value_json.cameras['${camera}'].${field} }}`,
    availability: [{ topic: `${prefix}/available` }],
  };
}

/** The device's own name among all: of the usual prefix it is that of the camera behind it. */
function nodeOf(prefix: string, camera: string): string {
  return prefix === "smarteye"
    ? `smarteye_${slug(camera)}`
    : `smarteye_${slug(prefix)}_${slug(camera)}`;
}

/** Of letters, digits and _, as Home Assistant's topics and identifiers may have. */
function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "_");
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
}
