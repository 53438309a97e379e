import assert from "node:assert/strict";
import type { Findings } from "../core/detection.ts";
import type { Pixels } from "../core/frame.ts";
import { at, plain, type Rgb } from "../tests/fakes/pictures.ts";
import { annotate } from "./annotate.ts";
import { Typesetter } from "./lettering.ts";

const type = await Typesetter.open();
const SIZE = { width: 320, height: 240 };
const GREY: Rgb = [60, 60, 60];

const cars: Findings = {
  detections: [
    { label: "car", class_id: 2, score: 0.91, box: [40.04, 60, 120, 140] },
    { label: "person", class_id: 0, score: 0.55, box: [-5, -5, 30, 30] },
  ],
};

/** Findings on plain grey. */
function drawn(findings: Findings, caption = ""): Pixels {
  const picture = plain(SIZE.width, SIZE.height, GREY);
  annotate(picture, findings, caption, type);
  return picture;
}

const differs = (picture: Pixels, x: number, y: number) =>
  at(picture, x, y).some((value) => Math.abs(value - 60) > 40);

/** Pixels of about a colour in an area. */
function count(picture: Pixels, [x1, y1, x2, y2]: readonly number[], color: Rgb): number {
  let found = 0;
  for (let y = y1!; y < y2!; y++) {
    for (let x = x1!; x < x2!; x++) {
      if (at(picture, x, y).every((value, i) => Math.abs(value - color[i]!) < 30)) found++;
    }
  }
  return found;
}

Deno.test("what is drawn is seen where the box is, and nowhere else", () => {
  const picture = drawn(cars);
  for (const [x, y] of [[40, 100], [120, 100], [80, 140]] as const) {
    assert.ok(differs(picture, x, y), `the edge at ${x},${y}`);
  }
  for (const [x, y] of [[80, 100], [200, 100], [20, 150], [80, 190]] as const) {
    assert.ok(!differs(picture, x, y), `nothing at ${x},${y}`);
  }
});

Deno.test("the surest comes last, on top", () => {
  const same = { label: "", box: [50.5, 50, 200, 200] } as const;
  const picture = drawn({
    detections: [{ ...same, class_id: 1, score: 0.9 }, { ...same, class_id: 3, score: 0.4 }],
  });
  assert.deepEqual(at(picture, 50, 120), [0, 0xc2, 0xff]);
});

Deno.test("a label has dark letters on its class's colour, and the caption on white", () => {
  const picture = drawn(cars, "#1 edge fast 12 ms");
  const label = [40, 44, 100, 59];
  const yellow: Rgb = [226, 186, 9]; // 0.85 of it over grey
  const ink: Rgb = [0x10, 0x15, 0x1a];
  assert.ok(count(picture, label, yellow) > 300, "paper");
  assert.ok(count(picture, label, ink) > 40, "letters");
  const caption = [0, 229, 110, 240];
  assert.ok(count(picture, caption, [226, 226, 226]) > 400, "paper");
  assert.ok(count(picture, caption, ink) > 40, "letters");
});

Deno.test("letters stand where the text says, and it is as wide as its glyphs", () => {
  const wide = type.widthOf("car 0.91", 20);
  const parts = ["car", " ", "0.91"].map((part) => type.widthOf(part, 20));
  assert.ok(Math.abs(wide - parts.reduce((a, b) => a + b)) < 1e-9);
  assert.ok(Math.abs(type.widthOf("car 0.91", 10) * 2 - wide) < 1e-9);
  assert.ok(wide > 80 && wide < 120, `${wide}`);
});

Deno.test("a mask is drawn pixel by pixel, wherever the picture was scaled to", () => {
  // Of 4×2 pixels the lower one of the second column and all of the third: the frame is 320×240.
  const mask = { size: [2, 4], counts: [3, 3, 2] } as const;
  const picture = drawn({
    detections: [{ label: "", class_id: 4, score: 1, box: [0, 0, 1, 1], mask }],
  });
  const isPink = (x: number, y: number) => at(picture, x, y)[0] > at(picture, x, y)[1] + 20;
  const xs = [1, 78, 81, 158, 161, 238, 241, 318]; // near both edges of each cell
  const found = [2, 118, 122, 238].map((y) => xs.map((x) => isPink(x, y)));
  const [upper, lower] = [[0, 0, 1, 0], [0, 1, 1, 0]].map((row) =>
    row.flatMap((on) => [on === 1, on === 1])
  );
  found[0]![0] = found[3]![0] = false; // the label lies there, and the caption
  assert.deepEqual(found, [upper, upper, lower, lower]);
});

Deno.test("labels lie within the frame, wherever their box is", () => {
  const corners = [[-50, -50, 5, 5], [310, 230, 400, 300], [-10, 235, 5, 260], [300, -20, 330, 3]];
  const ink: Rgb = [0x10, 0x15, 0x1a];
  const inside = drawn({
    detections: [{ label: "a long label", class_id: 0, score: 0.5, box: [100, 100, 110, 110] }],
  });
  const letters = count(inside, [0, 0, 320, 200], ink);
  assert.ok(letters > 40);
  for (const [x1, y1, x2, y2] of corners) {
    const picture = drawn({
      detections: [
        { label: "a long label", class_id: 0, score: 0.5, box: [x1!, y1!, x2!, y2!] },
      ],
    });
    const found = count(picture, [0, 0, 320, 240], ink);
    assert.ok(found > 0.8 * letters, `${x1},${y1}: ${found} of ${letters} pixels of ink`);
  }
});

Deno.test("no text, however odd, breaks the drawing", () => {
  const labels = [`<script>&"'`, "日本語", "🚗", "", "]]>", "a\nb"];
  for (const label of labels) {
    drawn({ detections: [{ label, class_id: 99, score: 1, box: [1, 1, 9, 9] }] }, label);
    const picture = drawn({ classifications: [{ label, class_id: 7, score: 1 }] });
    assert.ok(differs(picture, 6, 12), "the first row of a list");
  }
});

Deno.test("pictures of a pixel are drawn on like others", () => {
  annotate(plain(1, 1), cars, "a caption", type);
});
