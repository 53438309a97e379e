/** One source as a camera of MQTT: what it has to say, and what the broker is to keep of it. */

import type { EventState } from "../../../events/event_record.ts";
import type { Note } from "../../../scene/note.ts";
import { Pictured } from "../../pictured.ts";
import type { FrameResult } from "../../sink.ts";
import { FrigateEvents } from "../messages/frigate.ts";
import { deviceOf, level, statusTopic } from "../messages/home_assistant.ts";
import { RuleRoute } from "../rule_route.ts";
import type { ZoneOptions } from "../../../zones/options.ts";
import type { SinkRun } from "../writer.ts";
import { CameraStats } from "./camera_stats.ts";
import type { MqttMessage } from "./mqtt_link.ts";
import { type LabelTotals, Occupancy } from "./occupancy.ts";
import type { MqttOptions } from "./options.ts";
import type { Retained } from "./retained.ts";

/** A label's best picture is replaced by a worse one of another thing when it is as old, milliseconds. */
const BEST_MS = 60_000;

/** What a camera has in common with the others. */
export interface CameraParts {
  /** Before every topic. */
  readonly prefix: string;
  /** What the broker is to keep of all of them. */
  readonly retained: Retained;
  /** How many things there are in a zone, of all cameras: to be told when one of them changes. */
  readonly setZone: (camera: string, zone: string, totals: LabelTotals) => void;
  /** As it is set. */
  readonly options: MqttOptions;
}

/** Makes messages of the results of one run. */
export class Camera {
  /** What it has done lately. */
  readonly stats: CameraStats = new CameraStats();
  readonly #topic: string;
  readonly #events = new FrigateEvents();
  readonly #pictured = new Pictured();
  readonly #occupancy: Occupancy;
  /** The zones and lines of its scene, as they are now. */
  #zones: readonly ZoneOptions[] = [];
  #lines: readonly string[] = [];
  /** Of each label, which picture is the best, and since when in time of the source. */
  readonly #best = new Map<string, { readonly id: string; readonly score: number; atMs: number }>();
  /** Lets events through that met a rule; counts are of all. */
  readonly #route: RuleRoute | undefined;
  /** Rules of which the video around an event is kept. */
  readonly #clipping: ReadonlySet<string>;
  /** Events that are open of which it is. */
  readonly #clipped = new Set<string>();
  /** The source has said what it is doing. */
  #hasState = false;

  /** Sets what the broker is to keep of it: nothing is there yet. */
  constructor(private readonly parts: CameraParts, private readonly run: SinkRun) {
    const { prefix, options: { labels } } = parts;
    const { options: { name, zones = [], rules = [] }, rules: own = [] } = run;
    this.#route = own.length > 0 ? new RuleRoute(own) : undefined;
    this.#clipping = new Set(rules.filter(({ clip }) => clip).map(({ name }) => name));
    this.#topic = `${prefix}/${level(name)}`;
    this.#occupancy = new Occupancy(labels);
    this.#place(zones);
    this.#setStatus(!run.live);
    this.#count();
  }

  /** Its name. */
  get name(): string {
    return this.run.options.name;
  }

  /** Topics under which the broker may keep counts of an earlier run. */
  get countTopics(): readonly string[] {
    const zones = this.#occupancy.zones.map(({ name }) => `${this.#topic}/${level(name)}/+`);
    return [`${this.#topic}/+`, ...zones];
  }

  /** Takes what the broker keeps of an earlier run: those labels are known, and nothing is there of them. */
  adopt(kept: ReadonlyMap<string, string>): void {
    for (const [topic, value] of kept) {
      if (!/^\d{1,9}$/.test(value) || this.parts.retained.has(topic)) continue;
      const [first = "", second] = topic.slice(this.#topic.length + 1).split("/");
      if (this.parts.options.labels.length > 0) this.parts.retained.set(topic, "0");
      else if (second === undefined) this.#occupancy.know(first);
      else this.#occupancy.know(second, this.#zoneAt(first));
    }
    this.#count();
  }

  /** What there is to say of a frame and of what happened up to it. */
  see({ record, notes, snapshots, zones }: FrameResult): readonly MqttMessage[] {
    this.stats.add(record);
    if (zones !== this.#zones) this.#place(zones);
    if (!this.#hasState) this.#setStatus(true);
    const isOther = this.#events.see(record);
    if (this.#hasSnapshots) {
      for (const { id, label, score } of snapshots) {
        this.#pictured.add(id);
        this.#consider(label, { id, score, atMs: record.pts_ms });
      }
    }
    const messages = notes.flatMap((note) => this.#told(note));
    if (isOther || notes.length > 0) this.#count();
    return messages;
  }

  /** What there is to say of what happened beside the frames. */
  hear(note: Note): readonly MqttMessage[] {
    const messages = this.#told(note);
    this.#count();
    return messages;
  }

  /** It is over: nothing is there any more. */
  end(): void {
    this.#hasState = true;
    this.#setStatus(false);
    this.#occupancy.clear();
    this.#count();
  }

  /** Takes its zones and lines, which may become others while it runs: what is gone counts nothing. */
  #place(zones: readonly ZoneOptions[]): void {
    this.#zones = zones;
    const wanted = (classes: readonly string[]) => classes.filter((label) => this.#isMeant(label));
    const isArea = ({ shape }: ZoneOptions) => shape.kind === "polygon";
    const areas = new Map(
      zones.filter(isArea).map(({ name, classes }) => [name, wanted(classes)]),
    );
    const gone = this.#occupancy.zones.filter(({ name }) => !areas.has(name));
    for (const { name } of gone) this.#occupancy.clearZone(name);
    if (gone.length > 0) this.#count();
    this.#occupancy.place(areas);
    const lines = zones.filter((zone) => !isArea(zone)).map(({ name }) => name);
    for (const line of lines) {
      if (!this.#lines.includes(line)) this.#setLine(line, { in: 0, out: 0 });
    }
    this.#lines = lines;
  }

  get #hasSnapshots(): boolean {
    return this.parts.options.snapshots && this.run.snapshots !== undefined;
  }

  #isMeant(label: string): boolean {
    const { labels } = this.parts.options;
    return labels.length === 0 || labels.includes(label);
  }

  /** Counts what happened, and tells what of it is to be heard. */
  #told(note: Note): readonly MqttMessage[] {
    const isMeant = !("label" in note) || this.#isMeant(note.label);
    if (isMeant) this.#occupancy.hear(note);
    else this.#occupancy.forget(note.track_id); // it was taken for something else
    if (note.event === "line" && isMeant) this.#setLine(note.line, note.counts);
    if (note.event === "source") {
      this.#hasState = true;
      this.#setStatus(note.state === "live");
    }
    if (note.event === "alert" && this.#clipping.has(note.rule)) this.#clipped.add(note.id);
    if (isState(note)) this.#events.follow(note);
    const heard = this.#route?.notesOf(note) ?? [note];
    const messages = heard.flatMap((one) => this.#messagesOf(one, isMeant));
    if (note.event === "close") this.#forget(note);
    return messages;
  }

  #messagesOf(note: Note, isMeant: boolean): readonly MqttMessage[] {
    if (isState(note)) {
      // One that was taken for something else is told of to its end.
      return isMeant || this.#events.hasTold(note.track_id) ? this.#eventTold(note) : [];
    }
    if (!isMeant) return [];
    switch (note.event) {
      case "alert":
      case "clip":
        return [once(`${this.#topic}/${note.event}`, this.#pictured.lineOf(note))];
      case "loiter":
        return [once(`${this.#topic}/${level(note.zone)}/loiter`, note)];
      case "line":
        return [once(`${this.#topic}/${level(note.line)}/crossed`, note)];
      case "source": // a state that is kept
      case "enter":
      case "leave":
        return []; // the counts tell it, and the event
      default:
        return note satisfies never;
    }
  }

  #eventTold(note: EventState): readonly MqttMessage[] {
    const { id } = note;
    const hasSnapshot = id !== null && this.#pictured.has(id);
    const hasClip = id !== null && this.#clipped.has(id);
    const event = this.#events.of(note, { hasSnapshot, hasClip });
    return event ? [once(`${this.parts.prefix}/events`, event)] : [];
  }

  #forget(note: EventState): void {
    this.#events.forget(note.track_id);
    if (note.id !== null) this.#clipped.delete(note.id);
    this.#pictured.lineOf(note); // lets go of what is closed
  }

  /** Takes a picture of a thing: the best of its label is kept by the broker. */
  #consider(
    label: string,
    one: { readonly id: string; readonly score: number; readonly atMs: number },
  ): void {
    const best = this.#best.get(label);
    const isBetter = !best || best.id === one.id || one.score > best.score ||
      one.atMs - best.atMs > BEST_MS;
    if (!isBetter || !this.#isMeant(label)) return;
    this.#best.set(label, one);
    const { snapshots } = this.run;
    const topic = `${this.#topic}/${level(label)}/snapshot`;
    this.parts.retained.set(topic, async () => await snapshots?.read(one.id));
  }

  /** Tells all counts that changed, and what there is to count where that is more than before. */
  #count(): void {
    const { camera, zones } = this.#occupancy.totals((track) => !this.#events.isStationary(track));
    this.#tell(this.#topic, camera);
    for (const [zone, totals] of zones) {
      this.#tell(`${this.#topic}/${level(zone)}`, totals);
      this.parts.setZone(this.name, zone, totals);
    }
    const { prefix, options: { discovery }, retained } = this.parts;
    if (discovery === undefined) return;
    const { labels, zones: places } = this.#occupancy;
    const device = deviceOf(discovery, {
      ...{ prefix, camera: this.name, labels, zones: places, lines: this.#lines },
      hasSnapshots: this.#hasSnapshots,
    });
    retained.set(device.topic, device.payload);
  }

  #tell(place: string, totals: LabelTotals): void {
    for (const [label, { all, active }] of totals) {
      this.parts.retained.set(`${place}/${level(label)}`, String(all));
      this.parts.retained.set(`${place}/${level(label)}/active`, String(active));
    }
  }

  #setLine(line: string, counts: { readonly in: number; readonly out: number }): void {
    this.parts.retained.set(`${this.#topic}/${level(line)}/in`, String(counts.in));
    this.parts.retained.set(`${this.#topic}/${level(line)}/out`, String(counts.out));
  }

  #setStatus(isOnline: boolean): void {
    const topic = statusTopic(this.parts.prefix, this.name);
    this.parts.retained.set(topic, isOnline ? "online" : "offline");
  }

  #zoneAt(word: string): string | undefined {
    return this.#occupancy.zones.find(({ name }) => level(name) === word)?.name;
  }
}

function isState(note: Note): note is EventState {
  return note.event === "open" || note.event === "update" || note.event === "close";
}

/** A message that nobody keeps. */
function once(topic: string, value: unknown): MqttMessage {
  return { topic, payload: JSON.stringify(value), retain: false, qos: 1 };
}
