/** What people wear and look like. */

import type { Rng } from "../core/rng.ts";
import { between, choose, type Colour } from "./variation.ts";

/** A person's looks. */
export interface Outfit {
  /** Height, cm. */
  readonly height: number;
  /** Width against the average, about 1. */
  readonly build: number;
  /** Face, hands, and what clothes leave bare. */
  readonly skin: Colour;
  /** Also of the eyebrows. */
  readonly hair: Colour;
  /** What is on the head. */
  readonly hairStyle: "short" | "long" | "bun" | "cap" | "bald";
  /** Colour of what the trunk wears. */
  readonly top: Colour;
  /** What the trunk wears. */
  readonly topKind: "shirt" | "jacket" | "coat" | "dress";
  /** Colour of what the legs wear. */
  readonly bottom: Colour;
  /** What the legs wear, but under a dress. */
  readonly bottomKind: "trousers" | "shorts";
  /** Colour of the shoes. */
  readonly shoe: Colour;
  /** What hangs from the shoulders. */
  readonly carries: "nothing" | "backpack" | "bag";
  /** Colour of what is carried, and of a cap. */
  readonly bag: Colour;
}

const SKINS: readonly Colour[] = ["#e3b491", "#d39f7a", "#c08660", "#a56a45", "#7b4a30", "#54321f"];
const HAIRS: readonly Colour[] = ["#17130f", "#2c2018", "#4a3321", "#6e4b2a", "#a8824c", "#8b8a87"];
const TOPS: readonly Colour[] = [
  "#23314f",
  "#a33232",
  "#e4e2da",
  "#3d5a46",
  "#2a2b2f",
  "#c8963a",
  "#6d86a6",
  "#7a4a6a",
  "#4f4a42",
  "#d3d7db",
  "#2f6f7d",
  "#b5643c",
];
const BOTTOMS: readonly Colour[] = [
  "#27344d",
  "#1c1d21",
  "#40516c",
  "#5a5245",
  "#8d7f68",
  "#33373d",
  "#6b7077",
];
const SHOES: readonly Colour[] = ["#1a1817", "#e3e2df", "#4b3423", "#39404a"];

/** An outfit chosen by `rng`. */
export function createOutfit(rng: Rng): Outfit {
  const topKind = choose<Outfit["topKind"]>(rng, [
    "shirt",
    "shirt",
    "jacket",
    "jacket",
    "jacket",
    "coat",
    "dress",
  ]);
  return {
    height: between(rng, 162, 184),
    build: between(rng, 0.94, 1.18),
    skin: choose(rng, SKINS),
    hair: choose(rng, HAIRS),
    hairStyle: choose(
      rng,
      topKind === "dress"
        ? ["long", "bun"]
        : ["short", "short", "short", "long", "bun", "cap", "bald"],
    ),
    top: choose(rng, TOPS),
    topKind,
    bottom: choose(rng, BOTTOMS),
    bottomKind: topKind === "shirt" && rng() < 0.3 ? "shorts" : "trousers",
    shoe: choose(rng, SHOES),
    carries: choose(rng, ["nothing", "nothing", "backpack", "bag"]),
    bag: choose(rng, ["#2b2420", "#5b3a24", "#30404f", "#7a2b2b", "#3c4a35"]),
  };
}
