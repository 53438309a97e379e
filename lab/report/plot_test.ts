import assert from "node:assert/strict";
import { parseXml } from "@rgrove/parse-xml";
import { styleOf } from "./palette.ts";
import { linePlot, piledPlot, scatterPlot } from "./plot.ts";

const frame = {
  id: "one",
  title: "F1 & <bytes>",
  x: { label: "sent, kB", min: 0 },
  y: { label: "F1", min: 0, max: 1 },
};

/** What stands in a plot. */
const texts = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, t]) => t);

Deno.test("a scatter plot: points with labels, a front through them, intervals, a reference", () => {
  const svg = scatterPlot({
    ...frame,
    groups: [{
      style: styleOf(0),
      size: "large",
      points: [
        { at: [10, 0.4], label: "frugal", interval: [0.35, 0.45] },
        { at: [100, 0.8], label: "accurate & dear" },
      ],
    }],
    lines: [{ points: [[10, 0.4], [100, 0.8]], style: styleOf(1) }],
    marks: [{ axis: "y", at: 0.9, label: "bound" }],
  });
  parseXml(svg);
  assert.match(svg, /<title id="one-title">F1 &amp; &lt;bytes&gt;<\/title>/);
  for (const text of ["frugal", "accurate &amp; dear", "bound", "sent, kB", "F1"]) {
    assert.ok(texts(svg).includes(text), text);
  }
  assert.match(svg, /stroke="var\(--colour-1, #d18400\)"[^>]*stroke-dasharray="7,3"/);
  // What would end outside stands to the left of its point.
  const [, anchor] = /text-anchor="(\w+)"[^>]*>accurate/.exec(svg)!;
  assert.equal(anchor, "end");
});

Deno.test("bars without an axis on the right, over a stretch that is shaded", () => {
  const plot = {
    ...{
      ...frame,
      step: 1,
      lines: [],
      x: { label: "s" },
      y: { label: "frames/s", min: 0, max: 4 },
    },
    piles: [{ colour: "#111111", values: [1, 2, 3, 4] }],
  };
  const shaded = piledPlot({ ...plot, bands: [[1, 2]] });
  parseXml(shaded);
  const areas = (svg: string) => [...svg.matchAll(/fill-opacity="0\.14"/g)].length;
  assert.deepEqual([areas(piledPlot(plot)), areas(shaded)], [0, 1]);
  assert.ok(!texts(shaded).includes("Mbit/s"));
});

Deno.test("labels for which there is no room are left out, not drawn over each other", () => {
  const points = Array.from({ length: 20 }, (_, i) => ({
    at: [i / 100, 0.5] as const,
    label: `point ${i}`,
  }));
  const svg = scatterPlot({
    ...frame,
    x: { label: "x", min: 0, max: 10 },
    groups: [{ style: styleOf(0), points }],
  });
  const shown = texts(svg).filter((text) => text?.startsWith("point"));
  assert.ok(shown.length >= 1 && shown.length < 4, `${shown}`);
});

Deno.test("a line plot on a logarithmic axis has its deadline where it belongs", () => {
  const svg = linePlot({
    ...frame,
    x: { label: "ms", scale: "log", min: 10, max: 1000 },
    lines: [{ points: [[10, 0], [1000, 1]], style: styleOf(0) }],
    marks: [{ axis: "x", at: 100, label: "deadline" }],
  });
  // In the middle of 48 to 462.
  assert.match(svg, /<path d="M25[45][.\d]* \d+L25[45][.\d]* \d+" [^>]*stroke-dasharray/);
});

Deno.test("piles stand on 0, and hang from it", () => {
  const svg = piledPlot({
    ...frame,
    step: 1,
    y: { label: "frames/s", min: -8, max: 16, step: 8 },
    right: { label: "Mbit/s", min: -4, max: 8, step: 4, format: (v) => v < 0 ? "" : String(v) },
    piles: [
      { colour: "#111111", values: [8, 8] },
      { colour: "#222222", values: [0, -8] },
    ],
    lines: [{ points: [[0, 4], [2, 4]], style: styleOf(0), isStepped: true }],
  });
  parseXml(svg);
  assert.match(svg, /fill="#111111"/);
  assert.ok(texts(svg).includes("Mbit/s"));
  // 4 of 8 on the right is as high as 8 of 16 on the left.
  const [, line] = /d="M48 ([\d.]+)L[^"]*"[^>]*stroke="var\(--colour-0/.exec(svg)!;
  const [, eight] = /translate\(40 ([\d.]+)\)"[^>]*>8</.exec(svg)!;
  assert.ok(Math.abs(Number(line) - Number(eight)) < 1, `${line} ${eight}`);
});

Deno.test("the same plot is the same text, and two plots share no identifier", () => {
  const plot = (id: string) =>
    linePlot({ ...frame, id, lines: [{ points: [[0, 0], [1, 1]], style: styleOf(0) }] });
  assert.equal(plot("a"), plot("a"));
  assert.equal(plot("b"), plot("a").replaceAll('"a-', '"b-').replaceAll("#a-", "#b-"));
  assert.match(plot('x" onload="y'), /aria-labelledby="xonloady-title"/);
});

Deno.test("the first 42 styles differ", () => {
  const all = Array.from({ length: 42 }, (_, i) => JSON.stringify(styleOf(i)));
  assert.equal(new Set(all).size, 42);
});
