/** `smarteye zones`: a picture of a source from which zones and lines are set, and on which they are seen. */

import type { Command } from "commander";
import type { SourceOptions } from "../../edge/options.ts";
import { type Cli, roleCommand } from "../command.ts";
import type { Configured } from "../config/configure.ts";
import type { OwnFlag } from "../config/flag.ts";
import { like, number } from "../config/kinds.ts";
import { oneOf, quote } from "../config/problems.ts";
import { CAMERA_SOURCE } from "../config/source.ts";
import { ownItem, ownZones, resolveSources, sourceSections } from "../config/sources.ts";
import type { Surroundings } from "../config/surroundings.ts";
import { resolveZones, zonesOf } from "../config/zones.ts";

const OUT: OwnFlag<string> & { readonly default: string } = {
  term: "--out <file>",
  kind: like(/^.+\.(jpe?g|png)$/i, "the path of a picture, .jpg or .png"),
  about: "where the picture is written; of several sources with each one's name behind it",
  default: "zones.jpg",
};

const AT: OwnFlag<number> & { readonly default: string } = {
  term: "--at <seconds>",
  kind: number({ min: 0, max: 86_400 }, "seconds"),
  about: "which picture: the one so long after the first",
  default: "0",
};

/** The `zones` command. */
export function zonesCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "zones",
    about: "write a picture of a source with a grid and its zones, to set zones and lines by",
    arguments: "[sources...]",
    flags: [
      {
        term: "-f, --file <source>",
        sets: ["edge-setting", "source"],
        about: "what to look at: whatever edge reads; with the zones of its section [source:NAME]",
        several: true,
      },
      {
        term: "-r, --rtsp",
        sets: ["edge-setting", "source"],
        says: CAMERA_SOURCE,
        about: "look at the RTSP camera of [camera-info] in the config",
        several: true,
      },
      { term: "--transport <way>", sets: ["edge-setting", "transport"] },
      AT,
      OUT,
    ],
    examples: [
      ["smarteye zones -f street.mp4 --at 3", "zones.jpg: the picture 3 s after the first"],
      ["smarteye zones -c yard.ini", "a picture of each source of the config"],
      ["smarteye zones -c yard.ini door --out d.png", "of the source [source:door] alone"],
      ["smarteye zones -f rtsp://host/1 --json", "the zones and the picture, for a program"],
    ],
    helpEnd: `Zones stand in the config file, in sections of their own:

  [zone:gate]
  polygon = 0.10,0.55 0.45,0.55 0.45,0.95 0.10,0.95
  [zone:step]
  line = 0.20,0.60 0.80,0.60

Points are x,y in shares of the frame, 0,0 the upper left corner and 1,1 the lower right one. Who looks
from a line's first point to its second sees things go in from the left to the right. docs/zones.md
tells more.
`,
    resolve: (configured, around, names) => ({
      sources: chosen(configured, around, names),
      out: configured.flag(OUT),
      atSeconds: configured.flag(AT),
      json: configured.settings.telemetry.json,
    }),
    load: () => import("../zones.ts"),
  });
}

/** What is looked at: the sources that are named, else all. */
function chosen(
  configured: Configured,
  around: Surroundings,
  names: readonly string[],
): readonly SourceOptions[] {
  const { sources } = resolveSources(configured, around, "smarteye zones");
  const all = sources.map((source) => ({ ...source, zones: sceneOf(configured, source) }));
  const known = all.map(({ name }) => name);
  for (const name of names.filter((name) => !known.includes(name))) {
    configured.problems.add({
      where: "smarteye zones",
      found: `the unknown source ${quote(name)}`,
      wanted: known.length === 0 ? "-f SOURCE" : oneOf(name, known),
    });
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

/** A source that `-f` names may have a section, with zones, under another name. */
function sceneOf(configured: Configured, source: SourceOptions): SourceOptions["zones"] {
  const of = sourceSections(configured)
    .find(({ section }) => ownItem(configured, section, "file")?.value === source.source);
  if (!of) return source.zones;
  const name = of.section.slice("source:".length);
  const zones = resolveZones(configured, [name]);
  return zonesOf(name, zones, ownZones(configured, of.section), configured.problems);
}
