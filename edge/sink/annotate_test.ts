import assert from "node:assert/strict";
import type { Findings } from "../../core/detection.ts";
import { EncodedImage, overlayJpeg, PixelPicture } from "../../core/image.ts";
import { at, plain } from "../../tests/fakes/pictures.ts";
import { annotationSvg } from "./annotate.ts";
import { Typesetter } from "./lettering.ts";

const type = await Typesetter.open();
const SIZE = { width: 320, height: 240 };

const cars: Findings = {
  detections: [
    { label: "car", class_id: 2, score: 0.91, box: [40.04, 60, 120, 140] },
    { label: "person", class_id: 0, score: 0.55, box: [-5, -5, 30, 30] },
  ],
};

/** Elements of an SVG that is well-formed as far as we write it: each closed, no attribute open. */
function elements(svg: string): { name: string; attributes: Record<string, string> }[] {
  const tags = [...svg.matchAll(/<(\/?)([a-z]+)((?:\s[a-z-]+="[^"<>&]*")*)\s*(\/?)>/g)];
  assert.equal(tags.map(([whole]) => whole).join(""), svg, "nothing but whole tags");
  const open: string[] = [];
  for (const [, closing, name, , alone] of tags) {
    if (closing) assert.equal(open.pop(), name);
    else if (!alone) open.push(name!);
  }
  assert.deepEqual(open, [], "each tag is closed");
  return tags.filter(([, closing]) => !closing).map(([, , name, attributes]) => ({
    name: name!,
    attributes: Object.fromEntries(
      [...attributes!.matchAll(/([a-z-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
    ),
  }));
}

Deno.test("an annotation is an SVG of the frame's size with a box for each detection", () => {
  const [svg, ...drawn] = elements(annotationSvg(cars, SIZE, "#1 edge fast 12 ms", type));
  assert.deepEqual([svg?.attributes["width"], svg?.attributes["height"]], ["320", "240"]);
  const boxes = drawn.filter(({ attributes }) => attributes["fill"] === "none")
    .map(({ attributes: { x, y, width, height } }) => [x, y, width, height].map(Number));
  assert.deepEqual(boxes, [[-5, -5, 35, 35], [40, 60, 80, 80]], "the surest comes last, on top");
  assert.equal(drawn.filter(({ name }) => name === "g").length, 3, "two labels and a caption");
});

Deno.test("a mask is drawn pixel by pixel, wherever the picture was scaled to", async () => {
  // Of 4×2 pixels the lower one of the second column and all of the third: the frame is 320×240.
  const mask = { size: [2, 4], counts: [3, 3, 2] } as const;
  const findings: Findings = {
    detections: [{ label: "", class_id: 4, score: 1, box: [0, 0, 1, 1], mask }],
  };
  const svg = annotationSvg(findings, SIZE, "", type);
  const grey = new PixelPicture(plain(SIZE.width, SIZE.height));
  const jpeg = await overlayJpeg(grey, svg, 95);
  const drawn = await (await EncodedImage.open(jpeg, { pixelsMax: 1e6 })).rgb();
  const isPink = (x: number, y: number) => at(drawn, x, y)[0] > at(drawn, x, y)[1] + 20;
  const found = [60, 180].map((y) => [40, 120, 200, 280].map((x) => isPink(x, y)));
  assert.deepEqual(found, [[false, false, true, false], [false, true, true, false]]);
});

Deno.test("labels lie within the frame, wherever their box is", () => {
  const corners = [[-50, -50, 5, 5], [310, 230, 400, 300], [-10, 235, 5, 260], [300, -20, 330, 3]];
  const findings: Findings = {
    detections: corners.map(([x1, y1, x2, y2], class_id) => (
      { label: "a long label", class_id, score: 0.5, box: [x1!, y1!, x2!, y2!] }
    )),
  };
  const tags = elements(annotationSvg(findings, SIZE, "", type))
    .filter(({ attributes }) => attributes["fill-opacity"] !== undefined);
  assert.equal(tags.length, 5);
  for (const { attributes } of tags) {
    const { x, y, width, height } = attributes;
    const within = Number(x) >= 0 && Number(y) >= 0 && Number(x) + Number(width) <= 320.1 &&
      Number(y) + Number(height) <= 240.1;
    assert.ok(within, JSON.stringify(attributes));
  }
});

Deno.test("no text, however odd, breaks the drawing", () => {
  const labels = [`<script>&"'`, "日本語", "🚗", "", "]]>", "a\nb"];
  for (const label of labels) {
    elements(annotationSvg(
      { detections: [{ label, class_id: 99, score: 1, box: [1, 1, 9, 9] }] },
      SIZE,
      label,
      type,
    ));
    elements(
      annotationSvg({ classifications: [{ label, class_id: 7, score: 1 }] }, SIZE, "", type),
    );
  }
});

Deno.test("what is drawn is seen where the box is", async () => {
  const picture = new PixelPicture(plain(320, 240, [60, 60, 60]));
  const jpeg = await overlayJpeg(picture, annotationSvg(cars, SIZE, "", type), 95);
  const drawn = await (await EncodedImage.open(jpeg, { pixelsMax: 1e6 })).rgb();
  const differs = (x: number, y: number) =>
    at(drawn, x, y).some((value) => Math.abs(value - 60) > 40);
  for (const [x, y] of [[40, 100], [120, 100], [80, 140]] as const) {
    assert.ok(differs(x, y), `the edge at ${x},${y}`);
  }
  for (const [x, y] of [[80, 100], [200, 100], [20, 150]] as const) {
    assert.ok(!differs(x, y), `nothing at ${x},${y}`);
  }
});

Deno.test("every number of an outline stands apart from the next one", () => {
  const numbers = { M: 2, L: 2, Q: 4, C: 6, Z: 0 } as const;
  for (const sizePx of [10, 11, 11.25, 12, 15.2, 22.5, 34]) {
    const { svg } = type.set("car person bus truck motorcycle bicycle 0123456789", sizePx);
    for (const [, path] of svg.matchAll(/ d="([^"]+)"/g)) {
      for (const [, command, said] of path!.matchAll(/([MLQCZ])([^MLQCZ]*)/gi)) {
        const found = said!.match(/-?(\d+\.?\d*|\.\d+)/g) ?? [];
        assert.equal(found.length, numbers[command as keyof typeof numbers], `${sizePx}: ${path}`);
      }
    }
  }
});
