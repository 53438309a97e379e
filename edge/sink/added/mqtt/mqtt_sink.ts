/** All sources of an edge at one broker of MQTT, by one connection. */

import project from "../../../../deno.json" with { type: "json" };
import { every, OVER } from "../../../../core/clock.ts";
import { readAuthorities } from "../../../cloud/authorities.ts";
import type { Note } from "../../../scene/note.ts";
import type { FrameResult } from "../../sink.ts";
import { type BrokerAddress, brokerAddress } from "../broker_address.ts";
import { KeptConnection } from "../kept_connection.ts";
import { level } from "../messages/home_assistant.ts";
import { secretOf } from "../secret.ts";
import { Sending } from "../sending.ts";
import type { SharedSink, SinkPlace, SinkRun, SinkWriter } from "../writer.ts";
import { Camera } from "./camera.ts";
import { MqttLink, type MqttMessage } from "./mqtt_link.ts";
import type { LabelTotals } from "./occupancy.ts";
import { MQTT_DEFAULTS, type MqttOptions } from "./options.ts";
import { Retained, retained } from "./retained.ts";

/** Before every topic, where the address names nothing else. */
const PREFIX = "smarteye";

/** The ports that brokers have, with TLS and without. */
const PORT = 1883;
const TLS_PORT = 8883;

/** Milliseconds between two messages of numbers. */
const STATS_MS = 60_000;

/** Milliseconds in which a broker tells what it keeps of an earlier run. */
const KEPT_MS = 300;

/** The cameras of an edge. */
export class MqttSink implements SharedSink {
  readonly #kept: KeptConnection<MqttLink>;
  readonly #retained = new Retained();
  readonly #cameras = new Map<string, Camera>();
  /** Those of which it was asked what the broker keeps of an earlier run. */
  readonly #adopted = new Set<Camera>();
  /** Things in each zone, by camera. */
  readonly #zones = new Map<string, Map<string, LabelTotals>>();
  readonly #over = new AbortController();
  readonly #telling: Promise<void>;
  readonly #prefix: string;
  readonly #startedMs: number;

  private constructor(
    private readonly place: SinkPlace,
    private readonly options: MqttOptions,
    private readonly address: BrokerAddress,
    secrets: { readonly password: string | undefined; readonly authorities: readonly string[] },
  ) {
    const { clock } = place;
    this.#prefix = address.path || PREFIX;
    this.#startedMs = clock.nowMs();
    const { version } = options;
    const will = retained(`${this.#prefix}/available`, "offline");
    this.#kept = new KeptConnection({
      to: address.shown,
      open: () => MqttLink.open({ address, ...secrets, version, will, clock }),
      greet: (link) => this.#greet(link),
      clock,
    });
    this.#telling = every(clock, STATS_MS, () => this.#tellStats(), this.#over.signal);
  }

  /**
   * Reads the secrets and begins to connect. A broker that is not there yet may come later.
   *
   * @throws {SmarteyeError} when the secrets cannot be read.
   */
  static async open(place: SinkPlace): Promise<MqttSink> {
    const options = place.own?.mqtt ?? MQTT_DEFAULTS;
    const isTls = place.path.startsWith("mqtts:");
    const address = brokerAddress(place.path, isTls ? TLS_PORT : PORT);
    const { password, authorities } = options;
    const sink = new MqttSink(place, options, address, {
      password: password ? await secretOf("the password of mqtt", password) : address.password,
      authorities: authorities ? await readAuthorities(authorities, "ca_file of the sink") : [],
    });
    await sink.#kept.tried();
    return sink;
  }

  /** What a run writes through: it is a camera of its own. */
  async of(run: SinkRun): Promise<SinkWriter> {
    const camera = new Camera({
      ...{ prefix: this.#prefix, retained: this.#retained, options: this.options },
      setZone: (camera, zone, totals) => this.#setZone(camera, zone, totals),
    }, run);
    camera.stats.begin(this.place.clock.nowMs());
    this.#cameras.set(camera.name, camera);
    const link = this.#kept.current;
    // What does not arrive now does with the next result, or the next connection.
    if (link) await this.#introduce(link, camera).catch(() => {});
    return new CameraWriter(camera, this.#kept, this.#retained, this.address.shown);
  }

  /** Takes leave of the broker. */
  async close(): Promise<void> {
    this.#over.abort(OVER);
    await this.#telling;
    const offline = retained(`${this.#prefix}/available`, "offline");
    // A broker that is away has been told by the last will.
    await this.#kept.current?.publish(offline).catch(() => {});
    await this.#kept.close();
  }

  /** Tells a broker everything that it is to keep, since it may be another one, and that this side is there. */
  async #greet(link: MqttLink): Promise<void> {
    this.#retained.forget();
    for (const camera of this.#cameras.values()) await this.#introduce(link, camera);
    await this.#retained.flush(link);
    await link.publish(retained(`${this.#prefix}/available`, "online"));
  }

  async #introduce(link: MqttLink, camera: Camera): Promise<void> {
    if (!this.#adopted.has(camera)) {
      camera.adopt(await link.kept(camera.countTopics, KEPT_MS));
      this.#adopted.add(camera);
    }
    await this.#retained.flush(link);
  }

  /** As Frigate has it, a zone's count is that of all cameras that see it. A camera's name is its own. */
  #setZone(camera: string, zone: string, totals: LabelTotals): void {
    const cameras = this.#zones.get(zone) ?? new Map<string, LabelTotals>();
    this.#zones.set(zone, cameras.set(camera, totals));
    if (this.#cameras.has(zone)) return;
    for (const label of totals.keys()) {
      const counts = [...cameras.values()].map((one) => one.get(label));
      const sum = (of: "all" | "active") =>
        String(counts.reduce((sum, count) => sum + (count?.[of] ?? 0), 0));
      const topic = `${this.#prefix}/${level(zone)}/${level(label)}`;
      this.#retained.set(topic, sum("all"));
      this.#retained.set(`${topic}/active`, sum("active"));
    }
  }

  async #tellStats(): Promise<void> {
    const nowMs = this.place.clock.nowMs();
    const cameras = [...this.#cameras].map(([name, { stats }]) => [name, stats.take(nowMs)]);
    const uptime = Math.round((nowMs - this.#startedMs) / 1000);
    const stats = {
      cameras: Object.fromEntries(cameras),
      service: { uptime, version: project.version },
    };
    this.#retained.set(`${this.#prefix}/stats`, JSON.stringify(stats));
    const link = this.#kept.current;
    if (link) await this.#retained.flush(link).catch(() => {}); // the next connection has it
  }
}

/** Writes the messages of one camera. */
class CameraWriter implements SinkWriter<readonly MqttMessage[]> {
  readonly #sending = new Sending<MqttMessage>();

  constructor(
    private readonly camera: Camera,
    private readonly kept: KeptConnection<MqttLink>,
    private readonly retained: Retained,
    readonly description: string,
  ) {}

  itemOf(result: FrameResult): readonly MqttMessage[] | undefined {
    return this.#item(() => this.camera.see(result));
  }

  itemOfNote(note: Note): readonly MqttMessage[] | undefined {
    return this.#item(() => this.camera.hear(note));
  }

  /** What happened is told in order; of what the broker keeps, the latest. */
  async write(items: readonly (readonly MqttMessage[])[]): Promise<void> {
    const link = this.kept.get();
    await this.#sending.all(items, (message) => link.publish(message));
    await this.retained.flush(link);
  }

  back(): Promise<void> {
    return this.kept.back();
  }

  tried(): Promise<void> {
    return this.kept.tried();
  }

  async close(): Promise<void> {
    this.camera.end();
    const link = this.kept.current;
    if (link) await this.retained.flush(link);
  }

  /** An item is also one without messages, where something changed that the broker keeps. */
  #item(make: () => readonly MqttMessage[]): readonly MqttMessage[] | undefined {
    const before = this.retained.changes;
    const messages = make();
    return messages.length > 0 || this.retained.changes > before ? messages : undefined;
  }
}
