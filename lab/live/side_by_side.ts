/** Frames as each contestant knew them at their deadline, beside what is taken for true. */

import { Html, markup } from "../report/html.ts";
import { keyOf, type Styles } from "../report/legend.ts";
import type { ComparedFrame, ComparisonHead } from "./comparison.ts";

/** A frame that is shown, once for each contestant. */
export interface PictureRow {
  /** Its number in the video. */
  readonly number: number;
  /** Presentation time, milliseconds. */
  readonly ptsMs: number;
  /** With what is taken for true. */
  readonly truth: Picture;
  /** With what each contestant knew of it at its deadline. */
  readonly contestants: readonly {
    /** Its name. */
    readonly name: string;
    /** What became of the frame. */
    readonly frame: ComparedFrame;
    /** The frame with what was known of it. */
    readonly picture: Picture;
  }[];
}

/** A picture of a frame, and how much is drawn on it. */
export interface Picture {
  /** A JPEG. */
  readonly jpeg: Uint8Array;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Things that are marked in it. */
  readonly things: number;
}

/** Columns that pictures of a frame stand in, on a wide screen: few are shown the larger. */
export function columnsOf(contestants: number): 2 | 3 {
  return contestants === 1 || contestants === 3 ? 2 : 3;
}

/** The section of the frames. */
export function sideBySide(
  { deadlineMs }: ComparisonHead,
  rows: readonly PictureRow[],
  styles: Styles,
): Html {
  const isAlone = rows[0]?.contestants.length === 1;
  const title = isAlone ? "Frames with the most mistakes" : "Where they differ most";
  const about = rows.length === 0
    ? markup`<p>No frame is known differently by one than by another.</p>`
    : markup`<p>What is known of each frame ${deadlineMs} ms after its capture: its own result, or what was
found in an earlier frame, drawn where it was found then.</p>`;
  return markup`<section id="frames">
<h2>${title}</h2>
${about}
${rows.map((row) => rowOf(row, styles))}</section>
`;
}

function rowOf({ number, ptsMs, truth, contestants }: PictureRow, styles: Styles): Html {
  const at = `${(ptsMs / 1000).toFixed(2)} s`;
  return markup`<div class="row">
<h3>Frame ${number}, at ${at}</h3>
<div class="${columnsOf(contestants.length) === 2 ? "pictures two" : "pictures"}">
<figure class="true">${
    imageOf(truth, `Frame ${number} with ${things(truth)} that are taken for true`)
  }<figcaption><b>Taken for true</b><br>${things(truth)}</figcaption></figure>
${
    contestants.map(({ name, frame, picture }) => {
      const alt = `Frame ${number} with ${things(picture)} that ${name} knew of at the deadline`;
      const key = keyOf(styles.get(name)!);
      return markup`<figure>${imageOf(picture, alt)}<figcaption>${key}<b>${name}</b> · F1 ${
        frame.f1.toFixed(2)
      }<br>${captionOf(frame, number)}</figcaption></figure>\n`;
    })
  }</div>
</div>
`;
}

/** What became of a frame, in words. */
function captionOf(frame: ComparedFrame, number: number): Html {
  const { outcome, model, latencyMs, isInTime, isDue, knownFrom } = frame;
  const from = knownFrom === null
    ? "nothing was known"
    : knownFrom === number
    ? undefined
    : `shown: what was found in frame ${knownFrom}`;
  const behind = from === undefined ? "" : `; ${from}`;
  if (latencyMs === null) {
    const what = { filtered: "filtered", failed: "failed", dropped: "dropped" } as const;
    const passedOver = isDue ? "passed over, as a newer frame had come" : "not to be taken yet";
    const told = what[outcome as keyof typeof what] ?? passedOver;
    return markup`${told}${behind}`;
  }
  const where = outcome === "cloud" ? "in the cloud" : "here";
  const late = isInTime ? undefined : markup` <b class="missed">late</b>`;
  // One that is late by little is not to look as if it were not.
  const took = latencyMs.toFixed(isInTime ? 0 : 1);
  return markup`${where} by ${model ?? ""}, ${took} ms${late}${behind}`;
}

function imageOf({ jpeg, width, height }: Picture, alt: string): Html {
  const data = new Html(`data:image/jpeg;base64,${jpeg.toBase64()}`);
  return markup`<img src="${data}" width="${width}" height="${height}" alt="${alt}" decoding="async">`;
}

function things({ things }: Picture): string {
  return things === 1 ? "1 thing" : `${things} things`;
}
