/**
 * The zones and lines of a source, with what happens there.
 *
 * @module
 */

import { elementOf } from "./page.js";
import { zoneText } from "./texts.js";

/** @typedef {import("../told.ts").ZoneState} ZoneState */

/** Lists zones: an item stays the same one, as it may have the focus. */
export class ZoneList {
  /** The names that it shows. @type {string | undefined} */
  #listed;

  /**
   * @param {(name: string) => void} change
   * @param {(name: string) => void} remove
   */
  constructor(change, remove) {
    this.change = change;
    this.remove = remove;
  }

  /** @param {readonly ZoneState[]} zones */
  show(zones) {
    const list = elementOf("zones", HTMLElement);
    const names = zones.map(({ name }) => name).join("/");
    if (names !== this.#listed) {
      this.#listed = names;
      list.replaceChildren(...zones.map((zone) => this.#item(zone)));
      if (zones.length === 0) list.append(textIn("li", "None yet.", "quiet"));
    }
    for (const [i, zone] of zones.entries()) {
      const text = list.children[i]?.querySelector(".quiet");
      if (text && text.textContent !== zoneText(zone)) text.textContent = zoneText(zone);
    }
  }

  /** @param {ZoneState} zone */
  #item({ name }) {
    const line = document.createElement("li");
    const words = document.createElement("span");
    words.append(textIn("b", name), " ", textIn("span", "", "quiet"));
    line.append(words);
    for (
      const [label, act]
        of /** @type {const} */ ([["Change", this.change], ["Delete", this.remove]])
    ) {
      const button = textIn("button", label, "plain");
      button.setAttribute("type", "button");
      button.setAttribute("aria-label", `${label} ${name}`);
      button.addEventListener("click", () => act(name));
      line.append(button);
    }
    return line;
  }
}

/**
 * @param {string} name
 * @param {string} text
 * @param {string} kind
 */
function textIn(name, text, kind = "") {
  const element = document.createElement(name);
  element.textContent = text;
  element.className = kind;
  return element;
}
