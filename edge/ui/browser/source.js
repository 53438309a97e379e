/**
 * The page of one source: its picture as it comes, its numbers, and what is changed of it.
 *
 * @module
 */

import { drawAll, Trails } from "./draw.js";
import { elementOf, listen, send, setText, showScripted, showSource } from "./page.js";
import { picturesOf } from "./stream.js";
import { frameCells, msText, placeText } from "./texts.js";
import { ZoneEditor } from "./zone_editor.js";

/** @typedef {import("../told.ts").ShownFrame} ShownFrame */
/** @typedef {import("../told.ts").SourceState} SourceState */
/** @typedef {import("../told.ts").ZoneState} ZoneState */

/** Rows of frames that are shown, and milliseconds between two texts of what is seen. */
const ROWS = 20, SEEN_MS = 1000;

const page = /** @type {HTMLElement} */ (document.querySelector("[data-source]"));
const name = page.dataset.source ?? "";
const canvas = elementOf("canvas", HTMLCanvasElement);
const pause = elementOf("pause", HTMLButtonElement);
const trails = new Trails();
const wantsCalm = matchMedia("(prefers-reduced-motion: reduce)");

/** @type {readonly ZoneState[]} */
let zones = [];
/** @type {{ readonly frame: ShownFrame; readonly picture: ImageBitmap } | undefined} */
let shown;
/** The stream of pictures, while it is read. @type {AbortController | undefined} */
let reading;
let isPaused = false;
let calmUntilMs = 0;
let seenAtMs = 0;

showScripted();
const editor = new ZoneEditor(name, () => zones);
for (const id of ["show-boxes", "show-trails", "show-zones"]) {
  elementOf(id, HTMLInputElement).addEventListener("change", draw);
}
addEventListener("resize", draw);
pause.addEventListener("click", () => {
  isPaused = !isPaused;
  pause.setAttribute("aria-pressed", String(isPaused));
  if (isPaused) reading?.abort();
  else void read();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) reading?.abort();
  else void read();
});
for (const form of document.querySelectorAll("form.change[action]")) {
  form.addEventListener("submit", (event) => void submit(/** @type {SubmitEvent} */ (event)));
}
listen(({ sources }) => {
  const source = sources.find((one) => one.name === name);
  if (!source) return;
  zones = source.zones;
  showSource(page, source);
  showRecent(source);
  editor.list.show(source.zones);
  if (shown) draw();
  void read(); // again, where it broke off
});
void read();

/** Reads pictures until they end, and shows each. */
async function read() {
  if (reading || isPaused || document.hidden) return;
  reading = new AbortController();
  try {
    for await (const { frame, jpeg } of picturesOf(`/live/${name}.mjpeg`, reading.signal)) {
      trails.see(frame);
      if (wantsCalm.matches && performance.now() < calmUntilMs) continue;
      calmUntilMs = performance.now() + 1000;
      const picture = await createImageBitmap(jpeg);
      shown?.picture.close();
      shown = { frame, picture };
      draw();
    }
  } catch (error) {
    const isOver = error instanceof DOMException && error.name === "AbortError";
    if (!isOver && !shown) setText("no-picture", `No picture: ${messageOf(error)}`);
  } finally {
    reading = undefined;
  }
}

/** Draws what is shown, as it is now. */
function draw() {
  if (!shown) return;
  const { frame, picture } = shown;
  canvas.hidden = false;
  elementOf("no-picture", HTMLElement).hidden = true;
  const isChecked = (/** @type {string} */ id) => elementOf(id, HTMLInputElement).checked;
  drawAll(canvas, picture, frame, zones.filter(({ name }) => name !== editor.edited), trails, {
    boxes: isChecked("show-boxes"),
    trails: isChecked("show-trails"),
    zones: isChecked("show-zones"),
  });
  canvas.dataset.frame = String(frame.frame);
  setText("decision", decisionText(frame));
  if (performance.now() - seenAtMs >= SEEN_MS) showSeen(frame);
}

/**
 * Where the frame went, and why.
 *
 * @param {ShownFrame} frame
 */
function decisionText({ frame, outcome, model, latency_ms, decision, detail, age_ms, server }) {
  const place = server === null ? placeText(outcome) : `${placeText(outcome)} (${server})`;
  const how = model === null ? place : `${place}, ${model}, ${msText(latency_ms)}`;
  const why = detail ?? decision?.reason ?? "";
  const old = age_ms === undefined ? "" : `, found ${msText(age_ms)} before`;
  return `#${frame} ${how}${old}${why === "" ? "" : `: ${why}`}`;
}

/**
 * What the picture shows, in words.
 *
 * @param {ShownFrame} frame
 */
function showSeen({ detections, classifications = [], more = 0 }) {
  seenAtMs = performance.now();
  const things = (detections ?? []).map(({ label, track_id, zones = [] }) => {
    const number = track_id === undefined ? "" : ` ${track_id}`;
    return `${label}${number}${zones.length === 0 ? "" : ` in ${zones.join(", ")}`}`;
  });
  const classes = classifications.slice(0, 5)
    .map(({ label, score }) => `${label}, ${Math.round(100 * score)} %`);
  const all = [...things, ...classes, ...(more > 0 ? [`and ${more} more`] : [])];
  fill(
    "seen",
    all.length === 0 ? [item("Nothing that is known.", "quiet")] : all.map((text) => item(text)),
  );
}

/** @param {SourceState} source */
function showRecent({ recent }) {
  if (recent.length === 0) return;
  fill(
    "recent",
    recent.slice(0, ROWS).map((one) => {
      const row = document.createElement("tr");
      row.dataset.outcome = one.outcome;
      row.append(
        ...frameCells(one).map((text, i) => {
          const cell = document.createElement("td");
          cell.textContent = text;
          if (i === 3) cell.className = "number";
          return cell;
        }),
      );
      return row;
    }),
  );
}

/**
 * Sends a form without leaving the page.
 *
 * @param {SubmitEvent} event
 */
async function submit(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  const { form_token: _, ...fields } = Object.fromEntries(new FormData(form));
  const told = elementOf("change-told", HTMLElement);
  try {
    await send(form.action, fields);
    told.className = "";
    told.textContent = `The ${fields.what} is changed, from the next frame on.`;
  } catch (error) {
    told.className = "problem";
    told.textContent = messageOf(error);
  }
}

/**
 * @param {string} id
 * @param {readonly Node[]} children
 */
function fill(id, children) {
  document.getElementById(id)?.replaceChildren(...children);
}

/**
 * @param {string} text
 * @param {string} [kind]
 */
function item(text, kind = "") {
  const element = document.createElement("li");
  element.textContent = text;
  element.className = kind;
  return element;
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
