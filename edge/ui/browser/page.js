/**
 * What the pages have in common: they hear how the edge is, and show it.
 *
 * @module
 */

import { cloudText, linkText, sourceTexts } from "./texts.js";
import { reasonIn } from "./stream.js";

/** @typedef {import("../told.ts").UiState} UiState */
/** @typedef {import("../told.ts").SourceState} SourceState */
/** @typedef {import("../told.ts").Rates} Rates */

/** Rates that a line is drawn of. */
const DRAWN = 120;

/** @type {Map<string, Rates[]>} */
const histories = new Map();

/**
 * Hears how the edge is, and calls `show` each time.
 *
 * @param {(state: UiState) => void} show
 */
export function listen(show) {
  const events = new EventSource("/events");
  const lost = document.getElementById("lost");
  /** @param {string} why */
  const tell = (why) => {
    if (!lost || lost.textContent === why) return;
    lost.textContent = why;
    lost.hidden = why === "";
    document.body.classList.toggle("is-lost", why !== "");
  };
  events.addEventListener("history", ({ data }) => {
    for (const { name, history } of JSON.parse(data)) histories.set(name, history);
  });
  events.addEventListener("state", ({ data }) => {
    tell("");
    /** @type {UiState} */
    const state = JSON.parse(data);
    for (const { name, rates } of state.sources) {
      const history = histories.get(name) ?? [];
      histories.set(name, [...history, rates].slice(-DRAWN));
    }
    show(state);
    setText("cloud-text", cloudText(state.cloud));
    setText("link-text", linkText(state.cloud));
  });
  events.addEventListener("error", () => {
    tell("The edge has ended or is not reached. What is shown is what was known last.");
  });
}

/**
 * Shows the numbers of a source in a part of the page.
 *
 * @param {Element} part
 * @param {SourceState} source
 */
export function showSource(part, source) {
  const texts = sourceTexts(source);
  for (const field of part.querySelectorAll("[data-field]")) {
    const text = texts[field.getAttribute("data-field") ?? ""] ?? "";
    if (field.textContent !== text) field.textContent = text; // what is read aloud is read once
  }
  for (const badge of part.querySelectorAll(".badge")) {
    badge.setAttribute("data-state", source.doing.state);
  }
  const history = histories.get(source.name) ?? [];
  for (const spark of part.querySelectorAll("[data-spark]")) {
    const isBytes = spark.getAttribute("data-spark") === "bytes";
    showLine(
      spark,
      isBytes ? [history.map(({ up }) => up), history.map(({ down }) => down)] : [
        history.map(({ frames }) => frames),
      ],
    );
  }
}

/**
 * Draws lines that begin at 0, all by one measure.
 *
 * @param {Element} svg
 * @param {readonly (readonly number[])[]} lines
 */
function showLine(svg, lines) {
  const [width, height] = [DRAWN, 32];
  const most = Math.max(1e-9, ...lines.flat());
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.replaceChildren(...lines.map((values, i) => {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
    const from = width - values.length;
    const points = values.map((value, x) =>
      `${from + x},${(height - 1 - value / most * (height - 3)).toFixed(1)}`
    );
    line.setAttribute("points", points.join(" "));
    line.setAttribute("class", `line-${i}`);
    return line;
  }));
}

/**
 * @param {string} id
 * @param {string} text
 */
export function setText(id, text) {
  const element = document.getElementById(id);
  if (element && element.textContent !== text) element.textContent = text;
}

/**
 * An element of this page.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function elementOf(id, kind) {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`the page has no ${id}`);
}

/**
 * Sends something to be changed.
 *
 * @template T
 * @param {string} path
 * @param {unknown} value
 * @returns {Promise<T>} the answer
 */
export async function send(path, value) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-requested-by": "page" },
    body: JSON.stringify(value),
  });
  if (!response.ok) throw new Error(await reasonIn(response));
  return await response.json();
}

/** Shows what is of use with a script alone. */
export function showScripted() {
  for (const element of document.querySelectorAll("[data-script]")) {
    if (element instanceof HTMLElement) element.hidden = false;
  }
}
