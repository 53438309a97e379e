/**
 * Draws zones and lines on the picture, with the mouse or with the keyboard, and saves them.
 *
 * @module
 */

import { elementOf, send } from "./page.js";
import { ZoneList } from "./zone_list.js";

/** @typedef {import("../told.ts").ZoneState} ZoneState */
/** @typedef {import("../told.ts").SavedZone} SavedZone */

/** Shares of the picture by which an arrow key moves a point, alone and with Shift. */
const STEP = 0.005, STRIDE = 0.05;

/** Points that a shape needs. */
const LEAST = { polygon: 3, line: 2 };

/** Points that it may have. */
const MOST = { polygon: 64, line: 2 };

const SVG = "http://www.w3.org/2000/svg";

/** What is drawn on the picture of a source. */
export class ZoneEditor {
  /** @type {"polygon" | "line"} */
  #kind = "polygon";
  /** @type {[number, number][]} */
  #points = [];
  /** The name of the zone that is changed. @type {string | undefined} */
  #edited;
  #isOpen = false;
  #form = elementOf("zone-form", HTMLFormElement);
  #told = elementOf("zone-told", HTMLElement);
  #picture = elementOf("picture", HTMLElement);
  #overlay = document.createElement("div");
  #shape = document.createElementNS(SVG, "svg");

  /**
   * Draws nothing yet.
   *
   * @param {string} source
   * @param {() => readonly ZoneState[]} zones
   */
  constructor(source, zones) {
    this.source = source;
    this.#overlay.className = "drawing";
    this.#overlay.hidden = true;
    this.#shape.setAttribute("viewBox", "0 0 1 1");
    this.#shape.setAttribute("preserveAspectRatio", "none");
    this.#shape.setAttribute("aria-hidden", "true");
    this.#overlay.append(this.#shape);
    this.#picture.append(this.#overlay);
    this.#overlay.addEventListener("pointerdown", (event) => this.#press(event));
    elementOf("draw-area", HTMLButtonElement).addEventListener(
      "click",
      () => this.#begin("polygon"),
    );
    elementOf("draw-line", HTMLButtonElement).addEventListener("click", () => this.#begin("line"));
    elementOf("add-point", HTMLButtonElement).addEventListener(
      "click",
      () => this.#add([0.5, 0.5], true),
    );
    elementOf("remove-point", HTMLButtonElement).addEventListener(
      "click",
      () => this.#remove(this.#points.length - 1),
    );
    elementOf("zone-cancel", HTMLButtonElement).addEventListener("click", () => this.#close());
    this.list = new ZoneList((name) => {
      const zone = zones().find((one) => one.name === name);
      if (zone) this.#begin(zone.kind, zone);
    }, (name) => void this.#takeAway(name));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#save();
    });
  }

  /** The zone that is not drawn with the others, since it is being changed. */
  get edited() {
    return this.#isOpen ? this.#edited : undefined;
  }

  /**
   * @param {"polygon" | "line"} kind
   * @param {ZoneState} [zone]
   */
  #begin(kind, zone) {
    this.#kind = kind;
    this.#edited = zone?.name;
    this.#points = (zone?.points ?? []).map(([x, y]) => [x, y]);
    const field = (/** @type {string} */ id, /** @type {string} */ value) => {
      elementOf(id, HTMLInputElement).value = value;
    };
    field("zone-name", zone?.name ?? "");
    field("zone-classes", zone?.classes.join(", ") ?? "");
    field("zone-dwell", String(zone?.dwellS ?? 0));
    elementOf("zone-anchor", HTMLSelectElement).value = zone?.anchor ?? "bottom";
    elementOf("zone-name", HTMLInputElement).readOnly = zone !== undefined;
    elementOf("zone-dwell-field", HTMLElement).hidden = kind === "line";
    this.#isOpen = true;
    this.#form.hidden = false;
    this.#overlay.hidden = false;
    elementOf("zone-text", HTMLElement).hidden = true;
    this.#tell(
      kind === "line" ? "Drawing a line: two points." : "Drawing an area: three points or more.",
    );
    this.#render();
    this.#picture.scrollIntoView({ block: "nearest" });
    (this.#handles()[0] ?? elementOf("add-point", HTMLButtonElement)).focus();
  }

  #close() {
    this.#isOpen = false;
    this.#form.hidden = true;
    this.#overlay.hidden = true;
    this.#tell("");
    elementOf(this.#kind === "line" ? "draw-line" : "draw-area", HTMLButtonElement).focus();
  }

  /**
   * A point is begun, or taken hold of.
   *
   * @param {PointerEvent} event
   */
  #press(event) {
    const handle = /** @type {HTMLButtonElement} */ (event.target);
    const known = this.#handles().indexOf(handle);
    event.preventDefault();
    if (known < 0) {
      this.#add(this.#at(event), true);
      return;
    }
    handle.focus();
    const move = (/** @type {PointerEvent} */ moved) => this.#move(known, this.#at(moved));
    const end = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }

  /**
   * @param {PointerEvent} event
   * @returns {[number, number]}
   */
  #at({ clientX, clientY }) {
    const { left, top, width, height } = this.#overlay.getBoundingClientRect();
    return [within((clientX - left) / width), within((clientY - top) / height)];
  }

  /**
   * @param {[number, number]} point
   * @param {boolean} takesFocus
   */
  #add(point, takesFocus) {
    if (this.#points.length >= MOST[this.#kind]) {
      this.#tell(
        `${
          this.#kind === "line" ? "A line has two points" : "It has as many points as it may"
        }: move them, or remove one.`,
      );
      return;
    }
    this.#points.push(point);
    this.#render();
    if (takesFocus) this.#handles().at(-1)?.focus();
  }

  /** @param {number} at */
  #remove(at) {
    if (!this.#points[at]) return;
    this.#points.splice(at, 1);
    this.#render();
    (this.#handles()[Math.min(at, this.#points.length - 1)] ??
      elementOf("add-point", HTMLButtonElement)).focus();
  }

  /**
   * @param {number} at
   * @param {[number, number]} point
   */
  #move(at, point) {
    this.#points[at] = point;
    this.#render();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} at
   */
  #key(event, at) {
    const [x, y] = this.#points[at] ?? [0, 0];
    const step = event.shiftKey ? STRIDE : STEP;
    /** @type {Readonly<Record<string, [number, number]>>} */
    const moves = {
      ArrowLeft: [x - step, y],
      ArrowRight: [x + step, y],
      ArrowUp: [x, y - step],
      ArrowDown: [x, y + step],
    };
    const moved = moves[event.key];
    if (moved) this.#move(at, [within(moved[0]), within(moved[1])]);
    else if (event.key === "Delete" || event.key === "Backspace") this.#remove(at);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
  }

  /** @returns {HTMLButtonElement[]} */
  #handles() {
    return [...this.#overlay.querySelectorAll("button")];
  }

  /** Shows the points where they are; a handle stays the same one, as it may have the focus. */
  #render() {
    const handles = this.#handles();
    for (const extra of handles.slice(this.#points.length)) extra.remove();
    for (const [i, [x, y]] of this.#points.entries()) {
      const handle = handles[i] ?? this.#handle(i);
      handle.style.left = `${100 * x}%`;
      handle.style.top = `${100 * y}%`;
      handle.setAttribute(
        "aria-label",
        `Point ${i + 1}: ${percent(x)} from the left, ${percent(y)} from the top`,
      );
    }
    const shape = document.createElementNS(SVG, this.#kind === "line" ? "polyline" : "polygon");
    shape.setAttribute("points", this.#points.map((point) => point.join()).join(" "));
    this.#shape.replaceChildren(shape);
  }

  /** @param {number} at */
  #handle(at) {
    const handle = document.createElement("button");
    handle.type = "button";
    handle.className = "handle";
    handle.addEventListener("keydown", (event) => this.#key(event, at));
    this.#overlay.append(handle);
    return handle;
  }

  async #save() {
    const least = LEAST[this.#kind];
    if (this.#points.length < least) {
      this.#tell(`It has ${this.#points.length} of at least ${least} points.`, true);
      return;
    }
    const value = (/** @type {string} */ id) => elementOf(id, HTMLInputElement).value.trim();
    await this.#change("zones", {
      name: value("zone-name"),
      kind: this.#kind,
      points: this.#points,
      classes: value("zone-classes").split(",").map((one) => one.trim()).filter((one) =>
        one !== ""
      ),
      dwellS: this.#kind === "line" ? 0 : Number(value("zone-dwell")),
      anchor: elementOf("zone-anchor", HTMLSelectElement).value,
    }, () => this.#close());
  }

  /** @param {string} name */
  async #takeAway(name) {
    if (!confirm(`Delete "${name}"?`)) return;
    await this.#change("zones/remove", { name }, () => {});
  }

  /**
   * @param {string} path
   * @param {unknown} value
   * @param {() => void} done
   */
  async #change(path, value, done) {
    try {
      /** @type {SavedZone} */
      const { told, text } = await send(`/source/${this.source}/${path}`, value);
      done();
      this.#tell(told);
      const shown = elementOf("zone-text", HTMLElement);
      shown.hidden = text === "";
      shown.querySelector("pre")?.replaceChildren(text);
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : String(error), true);
    }
  }

  /**
   * @param {string} text
   * @param {boolean} [isProblem]
   */
  #tell(text, isProblem = false) {
    this.#told.textContent = text;
    this.#told.className = isProblem ? "problem" : "";
  }
}

/** @param {number} share */
function within(share) {
  return Math.min(1, Math.max(0, share));
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(100 * share)} %`;
}
