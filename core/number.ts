/** Numbers as people write them: text → a number within bounds and what is said of another one, and back. */

/** Which numbers are meant. */
export interface NumberRange {
  /** The least one; itself meant unless {@link NumberRange.isAboveMin}. */
  readonly min: number;
  /** The greatest one. */
  readonly max: number;
  /** No decimals. */
  readonly isWhole?: true;
  /** Only what is greater than `min`. */
  readonly isAboveMin?: true;
}

const WHOLE = /^[+-]?\d{1,15}$/;
const DECIMAL = /^[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})$/;

/** The number that `text` writes, if it is one of those meant. Neither `1e3` nor `0x10` is a number. */
export function readNumber(text: string, range: NumberRange): number | undefined {
  if (!(range.isWhole ? WHOLE : DECIMAL).test(text)) return undefined;
  const value = Number(text);
  return isWithin(value, range) ? value : undefined;
}

/** Whether a number is one of those meant. */
export function isWithin(value: number, { min, max, isWhole, isAboveMin }: NumberRange): boolean {
  if (isWhole && !Number.isInteger(value)) return false;
  return (isAboveMin ? value > min : value >= min) && value <= max;
}

/** Which numbers are wanted, for an error: `a whole number of frames from 1 to 100`. */
export function wantedNumber(range: NumberRange, unit = ""): string {
  const kind = `a ${range.isWhole ? "whole " : ""}number${unit && ` of ${unit}`}`;
  const { min, max } = range;
  return range.isAboveMin
    ? `${kind} above ${min}, at most ${max}`
    : `${kind} from ${min} to ${max}`;
}

/** A number with so many digits behind the point at most: what it is good for, and no more. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
