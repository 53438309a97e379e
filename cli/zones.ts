/** `smarteye zones`: a picture of a source to read places from, with its zones and lines drawn. */

import { extname } from "node:path";
import { logger } from "../core/log.ts";
import { SmarteyeError } from "../core/errors.ts";
import type { CapturedPicture, Pixels } from "../core/frame.ts";
import { pixelsJpeg, pixelsPng } from "../core/image.ts";
import type { ExitStatus, RoleDeps } from "../core/role.ts";
import { Canvas } from "../drawing/canvas.ts";
import { drawGrid, drawGridNumbers } from "../drawing/grid.ts";
import { Typesetter } from "../drawing/lettering.ts";
import { drawZones } from "../drawing/zones.ts";
import { openSource } from "../edge/capture/open_source.ts";
import type { SourceOptions } from "../edge/options.ts";
import { writeWhole } from "../edge/sink/write.ts";
import type { ZoneOptions } from "../edge/zones/options.ts";
import { exampleText, zonesText } from "./zones_text.ts";

const log = logger("zones");

const JPEG_QUALITY = 92;

/** How much of its colour an area has over it. */
const TINT = 0.18;

/** Options of `smarteye zones`. */
export interface ZonesOptions {
  /** What is looked at, with its zones; at least one. */
  readonly sources: readonly SourceOptions[];
  /** Path of the picture; of several, each has its source's name behind it. */
  readonly out: string;
  /** Seconds from the source's start at which it is taken. */
  readonly atSeconds: number;
  /** Print one JSON object. */
  readonly json: boolean;
}

/** A picture that was taken. */
export interface ZonesPicture {
  /** The source's name. */
  readonly source: string;
  /** Path of the picture. */
  readonly picture: string;
  /** When in the source it is, seconds. */
  readonly at_s: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** The source's zones. */
  readonly zones: readonly ZoneOptions[];
}

/** Takes, draws and writes the pictures. @throws {SmarteyeError} when one cannot be read or written. */
export async function run(options: ZonesOptions, deps: RoleDeps): Promise<ExitStatus> {
  const type = await Typesetter.open();
  const pictures: ZonesPicture[] = [];
  for (const source of options.sources) {
    const taken = await take(source, options.atSeconds, deps);
    if (!taken) return 1; // told to stop
    const path = pathOf(options, source.name);
    const { pixels, atMs } = taken;
    const canvas = new Canvas(pixels);
    drawGrid(canvas);
    drawZones(canvas, source.zones, type, { tint: TINT, isDetailed: true });
    drawGridNumbers(canvas, type);
    await writeWhole(path, await encoded(path, pixels));
    const { width, height } = pixels;
    const shown = { source: source.name, picture: path, at_s: Math.round(atMs) / 1000 };
    pictures.push({ ...shown, width, height, zones: source.zones });
  }
  deps.print(
    options.json
      ? JSON.stringify({ pictures: pictures.map(plain) })
      : pictures.map(zonesText).join("\n\n"),
  );
  if (!options.json) deps.print(exampleText(pictures));
  return 0;
}

/** A picture as a program reads it: zones are as in the config. */
function plain({ zones, ...picture }: ZonesPicture) {
  return {
    ...picture,
    zones: zones.map(({ name, shape, classes, dwellMs, anchor }) => ({
      name,
      ...shape.kind === "polygon" ? { polygon: shape.points } : { line: [shape.from, shape.to] },
      ...{ classes, dwell: dwellMs / 1000, anchor },
    })),
  };
}

/** The first picture at or after a time; the last one, where the source ends before. */
async function take(
  options: SourceOptions,
  atSeconds: number,
  { clock, rng, drain, progress }: RoleDeps,
): Promise<{ readonly pixels: Pixels; readonly atMs: number } | undefined> {
  // Who waits for a picture wants to know when there is none, and not wait for ever.
  const source = await openSource({ ...options, reconnectsMax: 0 }, { clock, rng, drain });
  let last: CapturedPicture | undefined;
  let startMs: number | undefined;
  let unreadable: SmarteyeError | undefined;
  try {
    for await (const picture of source.pictures(drain)) {
      if (picture.unreadable) {
        unreadable ??= picture.unreadable;
        picture.close();
        continue;
      }
      last?.close();
      last = picture;
      startMs ??= picture.ptsMs;
      if (picture.ptsMs - startMs >= atSeconds * 1000) break;
      progress?.(`${options.name}: at ${((picture.ptsMs - startMs) / 1000).toFixed(1)} s`);
    }
    if (drain.aborted) return undefined;
    if (!last || startMs === undefined) throw unreadable ?? nothingIn(source.description);
    const atMs = last.ptsMs - startMs;
    if (atMs < atSeconds * 1000) {
      const [at, end] = [atSeconds, (atMs / 1000).toFixed(1)];
      log.warn("{name} ends before {at} s: the picture is its last one, at {end} s", {
        ...{ name: options.name, at, end },
      });
    }
    return { pixels: await last.rgb(), atMs };
  } finally {
    last?.close();
    await source.close();
  }
}

function nothingIn(description: string): SmarteyeError {
  return new SmarteyeError(
    "invalid_argument",
    `Cannot take a picture of "${description}": there is none in it`,
  );
}

function pathOf({ out, sources }: ZonesOptions, name: string): string {
  if (sources.length === 1) return out;
  const ending = extname(out);
  return `${out.slice(0, out.length - ending.length)}_${name}${ending}`;
}

function encoded(path: string, pixels: Pixels): Promise<Uint8Array> {
  return extname(path).toLowerCase() === ".png"
    ? pixelsPng(pixels)
    : pixelsJpeg(pixels, JPEG_QUALITY);
}
