/** `smarteye events` and `smarteye search`: what was seen, out of what runs stored. */

import { logger } from "../../core/log.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { writeWhole } from "../../edge/sink/write.ts";
import { type EventQuery, findEvents } from "./query.ts";
import { foundText, plainEvent } from "./text.ts";

const log = logger("events");

const JPEG_QUALITY = 90;

/** Options of both. */
export interface EventsOptions {
  /** A database, or the directory of a run. */
  readonly place: string;
  /** Which events. */
  readonly query: EventQuery;
  /** Where a contact sheet is written; absent: none is. */
  readonly sheet?: string | undefined;
  /** Print one JSON object. */
  readonly json: boolean;
}

/** Looks, and tells what there is. @throws {SmarteyeError} where it cannot be read, or no sheet written. */
export async function run(
  { place, query, sheet, json }: EventsOptions,
  { print }: RoleDeps,
): Promise<ExitStatus> {
  const found = await findEvents(place, query);
  if (json) {
    const { count } = found;
    print(JSON.stringify({ count, events: found.events.map(plainEvent) }));
  } else print(foundText(found, query));
  if (sheet !== undefined && found.events.length > 0) {
    const { CELLS_MAX, sheetOf } = await import("./sheet.ts"); // only now is anything drawn
    const { pixels, missing } = await sheetOf(found.events);
    const { pixelsJpeg, pixelsPng } = await import("../../core/image.ts");
    const isPng = /\.png$/i.test(sheet);
    await writeWhole(sheet, await (isPng ? pixelsPng(pixels) : pixelsJpeg(pixels, JPEG_QUALITY)));
    const shown = Math.min(CELLS_MAX, found.events.length);
    log.info("{shown} events are on {sheet}", { shown, sheet });
    if (missing > 0) log.warn("{missing} of them have no picture that can be read", { missing });
  }
  return 0;
}
