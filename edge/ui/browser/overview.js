/**
 * The page of several sources: a picture of each, twice a second.
 *
 * @module
 */

import { drawAll, Trails } from "./draw.js";
import { listen, showSource } from "./page.js";

/** @typedef {import("../told.ts").ShownFrame} ShownFrame */
/** @typedef {import("../told.ts").SourceState} SourceState */

const LAYERS = { boxes: true, trails: false, zones: true };

/** Cards whose picture is on its way. */
const asked = new Set();

listen(({ sources }) => {
  for (const source of sources) {
    const card = document.querySelector(`[data-source="${CSS.escape(source.name)}"]`);
    if (!card) continue;
    showSource(card, source);
    void showPicture(card, source).catch(() => {}); // the state tells that the edge is gone
  }
});

/**
 * @param {Element} card
 * @param {SourceState} source
 */
async function showPicture(card, { name, zones, doing }) {
  const canvas = card.querySelector("canvas");
  if (!canvas || asked.has(name) || document.hidden || doing.state === "ended") return;
  asked.add(name);
  try {
    const response = await fetch(`/live/${name}.jpg`, { cache: "no-store" });
    if (response.status !== 200) return; // there is none yet; the state tells why
    /** @type {ShownFrame} */
    const frame = JSON.parse(response.headers.get("x-frame") ?? "null");
    const picture = await createImageBitmap(await response.blob());
    canvas.hidden = false;
    drawAll(canvas, picture, frame, zones, new Trails(), LAYERS);
    picture.close();
  } finally {
    asked.delete(name);
  }
}
