/** Zones that are drawn in a page: they count at once, and are saved to the config file where that can be. */

import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { ZoneOptions } from "../zones/options.ts";
import {
  changeFile,
  hasSection,
  sectionText,
  withoutZone,
  withZone,
  withZoneNamed,
} from "./config_file.ts";
import type { LiveSource } from "./live_source.ts";
import type { SavedZone } from "./told.ts";
import { entriesOf, zoneGiven } from "./zone_given.ts";

/** Zones that a source may have. */
const ZONES_MAX = 200;

/** Draws and takes away zones. */
export class ZoneEdits {
  #saving: Promise<unknown> = Promise.resolve();

  /** Of these sources. @param file the config file; absent: none was read. */
  constructor(
    private readonly sources: readonly LiveSource[],
    private readonly file: string | undefined,
  ) {}

  /**
   * A zone of a source: a new one, or another form of one that it has, which is then that of all that have
   * it.
   *
   * @throws {SmarteyeError} `invalid_argument` where it can be none.
   */
  async draw(source: LiveSource, given: unknown): Promise<SavedZone> {
    const { name } = zoneGiven(given, []);
    const before = zonesOf(source).find((one) => one.name === name);
    const zone = zoneGiven(given, before?.sources ?? [source.name]);
    const having = this.#having(name);
    if (!before && having.length > 0) {
      const found = `${having[0]!.name} has one of that name`;
      throw new SmarteyeError(
        "invalid_argument",
        `Cannot draw the zone "${name}": ${found}, another is wanted`,
      );
    }
    if (!before && zonesOf(source).length >= ZONES_MAX) {
      throw new SmarteyeError("invalid_argument", `Cannot draw more than ${ZONES_MAX} zones`);
    }
    for (const one of before ? having : [source]) {
      const others = zonesOf(one);
      const zones = before
        ? others.map((each) => each.name === name ? zone : each)
        : [...others, zone];
      await one.change({ what: "zones", zones, to: `${name} ${before ? "changed" : "drawn"}` });
    }
    return await this.#save(name, zone, before ? before.sources : [source.name], (text) => {
      const isOfSection = hasSection(text, `source:${source.name}`);
      // A name that no section of the file has would be refused there: the zone then is of all.
      const of = before ? before.sources : isOfSection ? [source.name] : [];
      const named = before ? text : withZoneNamed(text, name, source.name);
      return withZone(named, name, entriesOf(zone, of));
    });
  }

  /** Takes a zone away, from all that have it. @throws {SmarteyeError} `not_found` where there is none. */
  async remove(source: LiveSource, name: string): Promise<SavedZone> {
    if (!zonesOf(source).some((one) => one.name === name)) {
      throw new SmarteyeError("not_found", `Cannot take the zone "${name}" away: there is none`);
    }
    for (const one of this.#having(name)) {
      const zones = zonesOf(one).filter((each) => each.name !== name);
      await one.change({ what: "zones", zones, to: `${name} taken away` });
    }
    return await this.#save(
      name,
      undefined,
      [],
      (text) => withoutZone(withZoneNamed(text, name), name),
    );
  }

  #having(name: string): readonly LiveSource[] {
    return this.sources.filter((one) => zonesOf(one).some((zone) => zone.name === name));
  }

  /** One change of the file after the other. */
  async #save(
    name: string,
    zone: ZoneOptions | undefined,
    of: readonly string[],
    change: (text: string) => string,
  ): Promise<SavedZone> {
    const { file } = this;
    const text = zone ? sectionText(name, entriesOf(zone, of)) : "";
    if (file === undefined) {
      const told =
        "It counts until the edge ends: no config file was read that it could be saved to.";
      return { saved: false, told, text };
    }
    const saving = this.#saving.then(() => changeFile(file, change));
    this.#saving = saving.catch(() => {});
    try {
      await saving;
      return { saved: true, told: zone ? `Saved to ${file}.` : `Taken out of ${file}.`, text: "" };
    } catch (error) {
      const told = `${zone ? "It counts" : "It is gone"} until the edge ends, and is not saved: ${
        messageOf(error)
      }.`;
      return { saved: false, told, text };
    }
  }
}

/** The zones that a source has, or will have at its next frame. */
function zonesOf({ begun, options }: LiveSource): readonly ZoneOptions[] {
  return begun?.run.zones ?? options.zones;
}
