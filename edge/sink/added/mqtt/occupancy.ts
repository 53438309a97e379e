/** How many things there are, by label: of a camera, and in each of its zones. */

import type { Note } from "../../../scene/note.ts";

/** Labels that are told apart; things of others count among all. */
const LABELS_MAX = 100;

/** Counts by label; `all` is all of them. */
export type LabelTotals = ReadonlyMap<string, { readonly all: number; readonly active: number }>;

/** Things of one place, by the numbers of their tracks. */
class Place {
  readonly #things = new Map<number, string>();
  readonly labels: Set<string>;

  constructor(labels: readonly string[]) {
    this.labels = new Set(labels);
  }

  add(track: number, label: string): void {
    this.#things.set(track, label);
    if (this.labels.size < LABELS_MAX) this.labels.add(label);
  }

  rename(track: number, label: string): void {
    if (this.#things.has(track)) this.add(track, label);
  }

  remove(track: number): void {
    this.#things.delete(track);
  }

  clear(): void {
    this.#things.clear();
  }

  totals(isActive: (track: number) => boolean): LabelTotals {
    const totals = new Map([...this.labels, "all"].map((label) => [label, { all: 0, active: 0 }]));
    for (const [track, label] of this.#things) {
      for (const total of [totals.get(label), totals.get("all")]) {
        if (!total) continue;
        total.all++;
        if (isActive(track)) total.active++;
      }
    }
    return totals;
  }
}

/** Counts the things of one camera by what is told of them. */
export class Occupancy {
  readonly #camera: Place;
  readonly #zones = new Map<string, Place>();

  /** Nothing is there yet, and no zone. @param first labels that are counted from the beginning */
  constructor(private readonly first: readonly string[]) {
    this.#camera = new Place(first);
  }

  /** Takes which zones there are, each with labels of its own: those that are not new go on. */
  place(zones: ReadonlyMap<string, readonly string[]>): void {
    for (const name of this.#zones.keys()) if (!zones.has(name)) this.#zones.delete(name);
    for (const [name, own] of zones) {
      if (!this.#zones.has(name)) this.#zones.set(name, new Place([...this.first, ...own]));
    }
  }

  /** Takes what happened. */
  hear(note: Note): void {
    switch (note.event) {
      case "open":
      case "update":
        this.#camera.add(note.track_id, note.label);
        return this.#zones.forEach((place) => place.rename(note.track_id, note.label));
      case "close":
        return this.forget(note.track_id);
      case "enter":
        return this.#zones.get(note.zone)?.add(note.track_id, note.label);
      case "leave":
        return this.#zones.get(note.zone)?.remove(note.track_id);
      case "alert":
      case "clip":
      case "loiter":
      case "line":
      case "source":
        return;
      default:
        return note satisfies never;
    }
  }

  /** A thing is gone, or none that counts. */
  forget(track: number): void {
    for (const place of this.#places) place.remove(track);
  }

  /** A label is counted from now on, of the camera or in a zone. */
  know(label: string, zone?: string): void {
    const place = zone === undefined ? this.#camera : this.#zones.get(zone);
    if (place && place.labels.size < LABELS_MAX) place.labels.add(label);
  }

  /** Nothing is there any more. */
  clear(): void {
    for (const place of this.#places) place.clear();
  }

  /** Nothing is in a zone any more. */
  clearZone(name: string): void {
    this.#zones.get(name)?.clear();
  }

  /** Labels of the camera. */
  get labels(): readonly string[] {
    return [...this.#camera.labels];
  }

  /** Zones, each with its labels. */
  get zones(): readonly { readonly name: string; readonly labels: readonly string[] }[] {
    return [...this.#zones].map(([name, { labels }]) => ({ name, labels: [...labels] }));
  }

  /** How many there are. @param isActive whether a thing moves */
  totals(
    isActive: (track: number) => boolean,
  ): { readonly camera: LabelTotals; readonly zones: ReadonlyMap<string, LabelTotals> } {
    return {
      camera: this.#camera.totals(isActive),
      zones: new Map([...this.#zones].map(([name, place]) => [name, place.totals(isActive)])),
    };
  }

  get #places(): readonly Place[] {
    return [this.#camera, ...this.#zones.values()];
  }
}
