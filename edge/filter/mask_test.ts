import assert from "node:assert/strict";
import { outsideOf, parsePolygons } from "./mask.ts";

Deno.test("polygons are read as people write them, and nothing else is", () => {
  assert.deepEqual(parsePolygons("0,0 .5,0  0.5,1;\t1,1 0.9,1 1,0.9 ;"), [
    [[0, 0], [0.5, 0], [0.5, 1]],
    [[1, 1], [0.9, 1], [1, 0.9]],
  ]);
  const point = "0,0 ".repeat(100).trim();
  assert.equal(parsePolygons(point)?.[0]?.length, 100);
  const wrong = [
    ...["", ";", "0,0 1,1", "0,0 1,1 1", "0,0 1,1 1,1.1", "0,0 1,1 1,-1", "0,0,0 1,1 1,0"],
    ...["0,0 1,1 1e0,0", "0,0 1,1 1,0;;0,0 1,1 1,0", "a,b c,d e,f", `${point} 1,1`],
    ...[Array(51).fill("0,0 1,0 1,1").join(";")],
  ];
  for (const text of wrong) assert.equal(parsePolygons(text), undefined, text);
});

Deno.test("a window counts unless its middle is in a polygon", () => {
  const shown = (mask: string) =>
    outsideOf(parsePolygons(mask)!, { width: 8, height: 4 })
      .map((counts, at) => (counts ? "." : "#") + (at % 8 === 7 ? "\n" : "")).join("");
  assert.equal(shown("0,0 0.5,0 0.5,0.5 0,0.5"), "####....\n####....\n........\n........\n");
  assert.equal(
    shown("0,0 0.3,0 0,0.6; 1,1 1,0.7 0.9,0.7 0.9,1"),
    "##......\n#.......\n........\n.......#\n",
  );
  // A letter U: what lies between its arms is outside.
  assert.equal(
    shown("0,0 0.25,0 0.25,0.5 0.75,0.5 0.75,0 1,0 1,1 0,1"),
    "##....##\n##....##\n########\n########\n",
  );
});
