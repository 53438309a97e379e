/** What `smarteye zones` says. */

import type { ZoneOptions } from "../edge/zones/options.ts";
import { table } from "./table.ts";
import type { ZonesPicture } from "./zones.ts";

/** Which picture was written, and which zones are on it. */
export function zonesText({ source, picture, at_s, width, height, zones }: ZonesPicture): string {
  const head = `${picture} shows ${source} at ${at_s.toFixed(1)} s, ${width}x${height}`;
  if (zones.length === 0) return `${head}; no zones are set for it yet`;
  return [
    `${head}, with its zones:`,
    table(
      [
        ["zone", "left"],
        ["where, in shares of the frame", "left"],
        ["classes", "left"],
        ["dwell", "right"],
        ["anchor", "left"],
      ],
      zones.map((zone) => [
        zone.name,
        placeText(zone),
        zone.classes.join(", ") || "all",
        zone.dwellMs === 0 ? "–" : `${zone.dwellMs / 1000} s`,
        zone.anchor,
      ]),
    ),
  ].join("\n");
}

function placeText({ shape }: ZoneOptions): string {
  return shape.kind === "polygon"
    ? `polygon ${shape.points.map((point) => point.join(",")).join(" ")}`
    : `line ${shape.from.join(",")} ${shape.to.join(",")}`;
}

/** How a zone is set: what to read off the picture, and where to put it. */
export function exampleText(pictures: readonly ZonesPicture[]): string {
  const names = new Set(pictures.flatMap(({ zones }) => zones.map(({ name }) => name)));
  const [area, line] = [freeName("area", names), freeName("line", names)];
  const source = pictures.length > 1 ? `\nsource = ${pictures[0]!.source}` : "";
  return `
To set ${
    names.size === 0 ? "a zone" : "another one"
  }, read its corners off the grid, x along the upper edge and y along
the left one, and put them into the config file:

[zone:${area}]
polygon = 0.10,0.55 0.45,0.55 0.45,0.95 0.10,0.95
classes = person
dwell = 30${source}

[zone:${line}]
line = 0.20,0.60 0.80,0.60${source}

The arrow of a line shows which way is "in"; with its points the other way round, so is the arrow.
"smarteye zones" again shows what came of it.`;
}

function freeName(stem: string, names: ReadonlySet<string>): string {
  let name = stem;
  for (let n = 2; names.has(name); n++) name = `${stem}${n}`;
  return name;
}
