/** Prometheus's text format, read back. */

/** One metric of a scrape. */
export interface Scraped {
  readonly help: string;
  readonly type: string;
  /** Of a histogram, its `_count`. */
  readonly samples: { readonly labels: Record<string, string>; readonly value: number }[];
  /** Names of the labels that samples have, without a bucket's `le`; sorted. */
  readonly labels: string[];
}

/** Reads a scrape. @throws {Error} at a line that is none of the format. */
export function readScrape(text: string): Map<string, Scraped> {
  const metrics = new Map<string, Scraped>();
  let helped: [name: string, help: string] = ["", ""];
  let name = "";
  for (const line of text.split("\n").filter((line) => line !== "")) {
    const [, what, of, said] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (what === "HELP") helped = [of!, said!];
    else if (what === "TYPE") {
      if (helped[0] !== of || metrics.has(of!)) throw new Error(`a type without its help: ${line}`);
      name = of!;
      metrics.set(name, { help: helped[1], type: said!, samples: [], labels: [] });
    } else {
      const [, sample, , inner, value] = /^(\w+)(\{(.*)\})? (\S+)$/.exec(line) ?? [];
      const metric = metrics.get(name);
      const number = Number(value);
      if (!sample?.startsWith(name) || !metric || Number.isNaN(number)) {
        throw new Error(`no sample of ${name}: ${line}`);
      }
      const pairs = [...(inner ?? "").matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
      const labels = Object.fromEntries(pairs.map(([, label, text]) => [label!, text!]));
      const { le: _, ...own } = labels;
      metric.labels.splice(0, Infinity, ...new Set([...metric.labels, ...Object.keys(own)].sort()));
      if (metric.type !== "histogram" || sample === `${name}_count`) {
        metric.samples.push({ labels, value: number });
      }
    }
  }
  return metrics;
}

/** The value of one sample; those that match `labels`, together. */
export function valueOf(
  scrape: ReadonlyMap<string, Scraped>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const samples = scrape.get(name)?.samples
    .filter((sample) => Object.entries(labels).every(([of, is]) => sample.labels[of] === is));
  if (!samples || samples.length === 0) {
    throw new Error(`there is no ${name} ${JSON.stringify(labels)}`);
  }
  return samples.reduce((sum, { value }) => sum + value, 0);
}
