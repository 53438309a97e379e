/** One picture's way through a model, for whoever wonders why it finds what it finds. */

import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { Findings } from "../../core/detection.ts";
import type { CapturedPicture } from "../../core/frame.ts";
import { pixelsJpeg } from "../../core/image.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { CAPTURE_DEFAULTS, openSource } from "../../edge/capture/open_source.ts";
import { annotate } from "../../drawing/annotate.ts";
import { Typesetter } from "../../drawing/lettering.ts";
import type { Inspection } from "../../inference/network/inspection.ts";
import { describe } from "../../inference/network/tensors.ts";
import { CPU } from "../../inference/provider.ts";
import { Catalogue, type CatalogueEntry } from "../../models/catalogue.ts";
import { requireKnown } from "../../models/require_known.ts";
import { openEngine } from "./engine.ts";
import { byteSize, table } from "../table.ts";

const JPEG_QUALITY = 90;

/** Options of `smarteye models inspect`. */
export interface InspectOptions {
  /** The model directory. */
  readonly directory: string;
  /** The model. */
  readonly name: string;
  /** A source, of which the first picture is taken. */
  readonly image: string;
  /** Path of the drawing. */
  readonly out: string;
  /** Pixels that the picture may have. */
  readonly pixelsMax: number;
  /** Print one JSON object, not tables. */
  readonly json: boolean;
}

/** Inspects. @throws {SmarteyeError} when the model or the picture cannot be read. */
export async function run(options: InspectOptions, deps: RoleDeps): Promise<ExitStatus> {
  const catalogue = await Catalogue.open(options.directory);
  requireKnown(catalogue, options.name);
  const entry = catalogue.require(options.name);
  await using cleanup = new AsyncDisposableStack();
  const { repository } = cleanup.use(openEngine(catalogue, { threads: 1, provider: CPU }, deps));
  await repository.load(options.name);
  const source = await openSource(
    { ...CAPTURE_DEFAULTS, source: options.image, pixelsMax: options.pixelsMax },
    deps,
  );
  cleanup.defer(() => source.close());
  for await (const picture of source.pictures(deps.drain)) {
    cleanup.defer(() => picture.close());
    if (picture.unreadable) throw picture.unreadable;
    const inspection = await repository.inspect(picture, options.name);
    await draw(options, picture, inspection.findings);
    deps.print(
      options.json
        ? JSON.stringify({ model: entry.manifest, ...inspection, drawing: options.out })
        : await inspectionText(entry, inspection, options),
    );
    return 0;
  }
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot inspect "${options.name}" on "${options.image}": there is no picture in it`,
  );
}

async function draw(
  { name, out }: InspectOptions,
  picture: CapturedPicture,
  findings: Findings,
): Promise<void> {
  const pixels = await picture.rgb();
  annotate(pixels, findings, name, await Typesetter.open());
  const jpeg = await pixelsJpeg(pixels, JPEG_QUALITY);
  await Deno.writeFile(out, jpeg).catch((cause) => {
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot write the drawing "${out}": ${messageOf(cause)}; another place is wanted (--out)`,
      { cause },
    );
  });
}

async function inspectionText(
  { manifest, path }: CatalogueEntry,
  { image, outputs, objects, findings }: Inspection,
  { out, image: source }: InspectOptions,
): Promise<string> {
  const { input } = manifest;
  const normalised = `(pixel - [${input.mean.join(", ")}]) / [${input.std.join(", ")}]`;
  const number = (value: number) => Number.isFinite(value) ? value.toPrecision(4) : "–";
  return [
    `${manifest.name}: ${manifest.service}, family ${manifest.decoder}, ${manifest.license}`,
    `file    ${path}, ${byteSize((await Deno.stat(path)).size)}, its sha256 is the manifest's`,
    `input   ${describe(image)}: ${input.fit}, ${input.color}, ${normalised}`,
    table(
      [
        ["output", "left"],
        ["shape", "left"],
        ["least", "right"],
        ["mean", "right"],
        ["greatest", "right"],
        ["NaN", "right"],
      ],
      outputs.map(({ name, dims, min, mean, max, nans }) => [
        name,
        `[${dims.join(", ")}]`,
        number(min),
        number(mean),
        number(max),
        nans,
      ]),
    ),
    ..."detections" in findings
      ? [
        `objects ${
          objects.map(({ score, found }) => `${found} at score ${score}`).join(", ")
        }; the model's own is ${manifest.score_threshold}`,
        table(
          [["label", "left"], ["score", "right"], ["box in pixels of the picture", "left"]],
          findings.detections.map(({ label, score, box }) => [
            label,
            score.toFixed(3),
            box.map((side) => side.toFixed(1)).join(", "),
          ]),
        ),
      ]
      : [
        table(
          [["label", "left"], ["probability", "right"]],
          findings.classifications.map(({ label, score }) => [label, score.toFixed(3)]),
        ),
      ],
    `${source} with what was found: ${out}`,
  ].join("\n");
}
