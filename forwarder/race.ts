/** Two attempts at the same thing, of which the first that decides it is enough. */

/** One of the two. */
export interface Contender<End> {
  /** How it ends. */
  readonly ended: Promise<End>;
  /** Has it end soon, if it has not. */
  giveUp(): void;
}

/**
 * Ends of both, that which decides it before the other, which is given up; as they came where neither
 * does. Where the first one to end decides nothing, the other is waited for.
 *
 * @throws what either rejects with.
 */
export async function race<End>(
  one: Contender<End>,
  two: Contender<End>,
  decides: (end: End) => boolean,
): Promise<[End, End]> {
  try {
    const [end, other] = await Promise.race([
      one.ended.then((end) => [end, two] as const),
      two.ended.then((end) => [end, one] as const),
    ]);
    if (!decides(end)) {
      const last = await other.ended;
      return decides(last) ? [last, end] : [end, last];
    }
    other.giveUp();
    return [end, await other.ended];
  } finally {
    one.giveUp();
    two.giveUp();
  }
}
