/** Values that nobody changes any more. */

/** The same value, with all that lies in it frozen. What is frozen already is taken to be so in depth. */
export function deepFrozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.values(Object.freeze(value)).forEach(deepFrozen);
  }
  return value;
}
