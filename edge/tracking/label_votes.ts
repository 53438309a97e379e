/** What something is, by all the pictures of it: one in which it is taken for another thing changes nothing. */

/** The scores of a track's detections, by label. */
export class LabelVotes {
  readonly #scores = new Map<string, number>();

  /** The same votes, to which others are added from here. */
  copy(): LabelVotes {
    const copy = new LabelVotes();
    for (const [label, score] of this.#scores) copy.#scores.set(label, score);
    return copy;
  }

  /** One more detection. */
  add(label: string, score: number): void {
    this.#scores.set(label, (this.#scores.get(label) ?? 0) + score);
  }

  /** The label with most of the scores, the first of equals; `undefined` before there is any. */
  get label(): string | undefined {
    let [best, most] = [undefined as string | undefined, -1];
    for (const [label, score] of this.#scores) if (score > most) [best, most] = [label, score];
    return best;
  }

  /** Whether it was ever taken for that. */
  has(label: string): boolean {
    return this.#scores.has(label);
  }

  /** Each label's share of all scores, the greatest first, in hundredths; less than half a one is left out. */
  shares(): Readonly<Record<string, number>> {
    const total = [...this.#scores.values()].reduce((sum, score) => sum + score, 0);
    return Object.fromEntries(
      [...this.#scores].map(([label, score]) =>
        [label, total > 0 ? Math.round(100 * score / total) / 100 : 1] as const
      ).filter(([_, share]) => share > 0).sort((a, b) => b[1] - a[1]),
    );
  }
}
