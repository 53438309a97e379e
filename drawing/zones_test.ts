import assert from "node:assert/strict";
import type { Pixels } from "../core/frame.ts";
import { at, plain, type Rgb } from "../tests/fakes/pictures.ts";
import { Canvas } from "./canvas.ts";
import { drawGrid, drawGridNumbers } from "./grid.ts";
import { Typesetter } from "./lettering.ts";
import { type DrawnZone, drawZones, ZoneOverlay } from "./zones.ts";

const type = await Typesetter.open();
const GREY: Rgb = [60, 60, 60];

const AREA: DrawnZone = {
  name: "yard",
  shape: { kind: "polygon", points: [[0.2, 0.4], [0.8, 0.4], [0.8, 0.9], [0.2, 0.9]] },
};
const LINE: DrawnZone = { name: "", shape: { kind: "line", from: [0.5, 0.8], to: [0.5, 0.2] } };

function drawn(zones: readonly DrawnZone[], look = {}, width = 400, height = 300): Pixels {
  const picture = plain(width, height, GREY);
  drawZones(new Canvas(picture), zones, type, look);
  return picture;
}

const differs = (picture: Pixels, x: number, y: number) =>
  at(picture, x, y).some((value) => Math.abs(value - 60) > 6);

Deno.test("an area is seen at its edges, and inside where it is tinted", () => {
  const bare = drawn([AREA]);
  for (const [x, y] of [[80, 200], [320, 200], [200, 270]] as const) {
    assert.ok(differs(bare, x, y), `the edge at ${x},${y}`);
  }
  for (const [x, y] of [[200, 200], [40, 200], [200, 290]] as const) {
    assert.ok(!differs(bare, x, y), `nothing at ${x},${y}`);
  }
  const tinted = drawn([AREA], { tint: 0.2 });
  assert.ok(differs(tinted, 200, 200));
  assert.ok(!differs(tinted, 40, 200));
});

Deno.test("the arrow of a line points to what is in", () => {
  const picture = drawn([LINE]); // upwards: in is to the right
  assert.ok(differs(picture, 215, 150));
  assert.ok(!differs(picture, 180, 150));
  const turned = drawn([{ ...LINE, shape: { kind: "line", from: [0.5, 0.2], to: [0.5, 0.8] } }]);
  assert.ok(differs(turned, 185, 150));
  assert.ok(!differs(turned, 220, 150));
});

Deno.test("an overlay draws the same on each picture, also after one of another size", () => {
  const overlay = new ZoneOverlay([AREA, LINE], { tint: 0.2, isDetailed: true });
  const on = (width: number, height: number) => {
    const picture = plain(width, height, GREY);
    overlay.draw(new Canvas(picture), type);
    return picture;
  };
  const first = on(400, 300);
  on(300, 400);
  assert.deepEqual(on(400, 300), first);
});

Deno.test("a zone outside of the picture, in part or as a whole, draws what is inside", () => {
  const around: DrawnZone = {
    name: "all",
    shape: { kind: "polygon", points: [[-1, -1], [2, -1], [2, 2], [-1, 2]] },
  };
  assert.ok(differs(drawn([around], { tint: 0.3 }, 60, 40), 30, 35));
});

Deno.test("the grid has a line each tenth, and its numbers at the edges", () => {
  const picture = plain(400, 300, GREY);
  drawGrid(new Canvas(picture));
  for (let part = 1; part < 10; part++) {
    assert.ok(differs(picture, 40 * part, 17), `x 0.${part}`);
    assert.ok(differs(picture, 17, 30 * part), `y 0.${part}`);
  }
  assert.ok(!differs(picture, 17, 17));
  drawGridNumbers(new Canvas(picture), type);
  assert.ok(differs(picture, 3, 147), "paper of a number");
});
