/** A zone or a line as a page sends it: checked as those of the settings are. */

import { z } from "zod";
import { SmarteyeError } from "../../core/errors.ts";
import { isPlainName } from "../../core/plain_name.ts";
import { LINE_FORM, POLYGON_FORM, readLine, readPolygon } from "../zones/points.ts";
import type { Point } from "../zones/geometry.ts";
import { ANCHORS, type ZoneOptions } from "../zones/options.ts";
import type { ZoneEntries } from "./config_file.ts";

const Given = z.strictObject({
  name: z.string(),
  kind: z.enum(["polygon", "line"]),
  points: z.array(z.tuple([z.number(), z.number()])).max(64),
  classes: z.array(z.string().trim().regex(/^[^\p{Cc},"']{1,64}$/u)).max(64),
  dwellS: z.number().min(0).max(86_400),
  anchor: z.enum(ANCHORS as [ZoneOptions["anchor"], ...ZoneOptions["anchor"][]]),
});

/**
 * The zone.
 *
 * @param sources those that it is of; empty: all.
 * @throws {SmarteyeError} `invalid_argument` with what is wrong.
 */
export function zoneGiven(given: unknown, sources: readonly string[]): ZoneOptions {
  const parsed = Given.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(`${issue!.path.join(".") || "it"}: ${issue!.message}`, "a zone of the page");
  }
  const { name, kind, points, classes, dwellS, anchor } = parsed.data;
  if (!isPlainName(name)) {
    const found = name === "" ? "it has no name" : `the name ${JSON.stringify(name)}`;
    throw wrong(found, "one of up to 64 letters, digits, - _ and .");
  }
  const read = kind === "line" ? readLine(pointsText(points)) : readPolygon(pointsText(points));
  if ("hint" in read) throw wrong(read.hint, kind === "line" ? LINE_FORM : POLYGON_FORM);
  const dwellMs = kind === "line" ? 0 : Math.round(dwellS * 1000);
  return { name, shape: read.value, classes, dwellMs, anchor, sources };
}

/** The keys of its section; those that say nothing are not there. */
export function entriesOf(zone: ZoneOptions, sources: readonly string[]): ZoneEntries {
  const { shape, classes, dwellMs, anchor } = zone;
  return {
    polygon: shape.kind === "polygon" ? pointsText(shape.points) : undefined,
    line: shape.kind === "line" ? pointsText([shape.from, shape.to]) : undefined,
    classes: classes.length > 0 ? classes.join(", ") : undefined,
    dwell: dwellMs > 0 ? String(dwellMs / 1000) : undefined,
    anchor: anchor === "bottom" ? undefined : anchor,
    source: sources.length > 0 ? sources.join(", ") : undefined,
  };
}

function pointsText(points: readonly Point[]): string {
  return points.map((point) => point.map((value) => Number(value.toFixed(4))).join(",")).join(" ");
}

function wrong(found: string, wanted: string): SmarteyeError {
  return new SmarteyeError(
    "invalid_argument",
    `Cannot take the zone: ${found}, ${wanted} is wanted`,
  );
}
