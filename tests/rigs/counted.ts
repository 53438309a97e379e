/** Pictures that hold a number that is read back from their colours: which of a camera's they are. */

import type { Pixels, Size } from "../../core/frame.ts";
import { at, type Rgb } from "../fakes/pictures.ts";
import type { Quarters } from "./patches.ts";

/** A digit is a grey; so many are told apart after any encoding. */
const BASE = 10;

/** Numbers below this are told apart: a minute and more of 25 pictures a second. */
export const NUMBERS = BASE ** 4;

const grey = (digit: number): Rgb => {
  const value = 20 + digit * 24;
  return [value, value, value];
};

/** What picture `number` shows. */
export function countedQuarters(number: number): Quarters {
  const digit = (place: number) => grey(Math.floor(number / BASE ** place) % BASE);
  return {
    topLeft: digit(3),
    topRight: digit(2),
    bottomLeft: digit(1),
    bottomRight: digit(0),
  };
}

/** The number that a picture shows. */
export function numberIn(pixels: Pixels): number {
  const { width, height } = pixels;
  let number = 0;
  for (const y of [0.25, 0.75]) {
    for (const x of [0.25, 0.75]) {
      const [value] = at(pixels, Math.floor(width * x), Math.floor(height * y));
      number = number * BASE + Math.max(0, Math.min(BASE - 1, Math.round((value - 20) / 24)));
    }
  }
  return number;
}

/** Of pictures that show a number. */
export const COUNTED_SIZE: Size = { width: 96, height: 64 };
