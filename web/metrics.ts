/** A registry of what a program counts, as Prometheus reads it. The only importer of prom-client. */

import {
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  type Metric,
  Registry,
} from "prom-client";

/** Values that a label may have in one registry, unless said otherwise; those beyond share one. */
const LABEL_VALUES_MAX = 100;

/** The value that a label has instead of one too many. */
const OTHER = "other";

/** What a metric is called and means. */
export interface MetricNames<Label extends string> {
  /** Without the registry's prefix, with its unit last: `received_bytes_total`. */
  readonly name: string;
  /** One sentence for people. */
  readonly help: string;
  /** Names of its labels. */
  readonly labels: readonly Label[];
}

/** How a metric is named, with labels that are told apart as types. */
export function named<const Labels extends readonly string[]>(
  name: string,
  help: string,
  labels: Labels,
): MetricNames<Labels[number]> {
  return { name, help, labels };
}

/** A value for each label of a metric. */
export type LabelValues<Label extends string> = Readonly<Record<Label, string>>;

/** A number that only grows. */
export interface Counter<Label extends string> {
  /** Adds `by`, 1 unless said otherwise. */
  add(labels: LabelValues<Label>, by?: number): void;
}

/** How often something took how much. */
export interface Histogram<Label extends string> {
  /** Notes one value, in the unit of the metric's name. */
  observe(labels: LabelValues<Label>, value: number): void;
}

/** One reading of a metric that is read. */
export type Reading<Label extends string, Value = number> = readonly [
  labels: LabelValues<Label>,
  value: Value,
];

/** How often something took how much, as whoever counted it has it. */
export interface Distribution {
  /** Upper ends of the buckets, ascending, in the unit of the metric's name. */
  readonly buckets: readonly number[];
  /** Values in each bucket alone, and behind them those above the last. */
  readonly counts: readonly number[];
  /** All values together. */
  readonly sum: number;
}

/**
 * One program's metrics. Whatever becomes a label's value, there is a bounded number of them: a
 * value beyond the first hundred (or as many as are said) of its label is counted as `other`.
 */
export class MetricsRegistry {
  readonly #registry = new Registry();
  readonly #values = new Map<string, Set<string>>();
  /** Values of labels that nothing is counted for any more, by the label. */
  readonly #released = new Map<string, Set<string>>();
  /** What keeps what it counted. */
  readonly #kept: (PromCounter | PromHistogram)[] = [];

  /** Starts empty; every metric's name begins with `prefix`, such as `smarteye_forwarder_`. */
  constructor(
    private readonly prefix: string,
    private readonly labelValuesMax: number = LABEL_VALUES_MAX,
  ) {}

  /** Adds a counter. */
  counter<Label extends string = never>(names: MetricNames<Label>): Counter<Label> {
    const counter = new PromCounter(this.#configuration(names));
    this.#kept.push(counter);
    return { add: (labels, by = 1) => counter.inc(this.#bounded(labels), by) };
  }

  /** Adds a histogram with a bucket up to each of `buckets`, ascending. */
  histogram<Label extends string = never>(
    names: MetricNames<Label>,
    buckets: readonly number[],
  ): Histogram<Label> {
    const histogram = new PromHistogram({
      ...this.#configuration(names),
      buckets: [...buckets],
    });
    this.#kept.push(histogram);
    return { observe: (labels, value) => histogram.observe(this.#bounded(labels), value) };
  }

  /** Adds a gauge that is read whenever the metrics are asked for; what is not read then is gone. */
  gauge<Label extends string = never>(
    names: MetricNames<Label>,
    read: () => Iterable<Reading<Label>>,
  ): void {
    const bounded = (labels: LabelValues<Label>) => this.#bounded(labels);
    new PromGauge({
      ...this.#configuration(names),
      collect() {
        this.reset();
        if (names.labels.length === 0) this.remove(); // which `reset` sets to 0
        for (const [labels, value] of read()) this.set(bounded(labels), value);
      },
    });
  }

  /**
   * Adds a counter of what is counted elsewhere: read like a gauge, it never falls as long as what it
   * reads does not.
   */
  counted<Label extends string = never>(
    names: MetricNames<Label>,
    read: () => Iterable<Reading<Label>>,
  ): void {
    const bounded = (labels: LabelValues<Label>) => this.#bounded(labels);
    new PromCounter({
      ...this.#configuration(names),
      collect() {
        this.reset();
        if (names.labels.length === 0) this.remove(); // which `reset` sets to 0
        for (const [labels, value] of read()) this.inc(bounded(labels), value);
      },
    });
  }

  /** Adds a histogram of what is counted elsewhere. */
  distribution<Label extends string = never>(
    names: MetricNames<Label>,
    read: () => Iterable<Reading<Label, Distribution>>,
  ): void {
    const { name, help } = this.#configuration(names);
    const metric = {
      ...{ name, help, type: "histogram" },
      get: () => {
        const values = [...read()].flatMap(([labels, distribution]) =>
          linesOf(name, this.#bounded(labels), distribution)
        );
        return Promise.resolve({ name, help, type: "histogram", values });
      },
    };
    // prom-client has no histogram that can be set; this is what it asks of one of its own.
    this.#registry.registerMetric(metric as unknown as Metric);
  }

  /**
   * Notes that nothing will be counted for a value of a label: what was counted stays, until its place
   * is needed for another value.
   */
  release(label: string, value: string): void {
    const released = this.#released.get(label) ?? new Set();
    this.#released.set(label, released);
    released.delete(value);
    released.add(value);
  }

  /** Notes that things are counted for a value again. */
  hold(label: string, value: string): void {
    this.#released.get(label)?.delete(value);
  }

  /** All of it in Prometheus's text format, with the content type that belongs to it. */
  async answer(): Promise<Response> {
    const headers = { "content-type": this.#registry.contentType };
    return new Response(await this.#registry.metrics(), { headers });
  }

  #configuration<Label extends string>({ name, help, labels }: MetricNames<Label>) {
    return {
      ...{ name: `${this.prefix}${name}`, help },
      labelNames: [...labels],
      registers: [this.#registry],
    };
  }

  /** The labels as they are where they may be: that is nearly always, and at every request. */
  #bounded<Label extends string>(labels: LabelValues<Label>): LabelValues<Label> {
    let bounded = labels;
    for (const label in labels) {
      if (!this.#admits(label, labels[label])) bounded = { ...bounded, [label]: OTHER };
    }
    return bounded;
  }

  #admits(label: string, value: string): boolean {
    let values = this.#values.get(label);
    if (!values) this.#values.set(label, values = new Set());
    if (values.has(value)) return true;
    if (values.size >= this.labelValuesMax && !this.#makeRoom(label, values)) return false;
    values.add(value);
    return true;
  }

  /** Forgets the value that was released first. */
  #makeRoom(label: string, values: Set<string>): boolean {
    const released = this.#released.get(label) ?? new Set<string>();
    for (const value of released) {
      released.delete(value);
      if (!values.delete(value)) continue;
      for (const metric of this.#kept) void forget(metric, label, value);
      return true;
    }
    return false;
  }
}

/** Removes what was counted for a value of a label. */
async function forget(
  metric: PromCounter | PromHistogram,
  label: string,
  value: string,
): Promise<void> {
  const { values } = await metric.get();
  for (const { labels } of values) {
    const { le: _, ...own }: Readonly<Record<string, string | number | undefined>> = labels;
    if (own[label] !== value) continue;
    metric.remove(own as Record<string, string>);
  }
}

/** A distribution as Prometheus has it: each bucket with all that are below it. */
function linesOf(
  name: string,
  labels: Readonly<Record<string, string>>,
  { buckets, counts, sum }: Distribution,
) {
  let below = 0;
  const ends = [...buckets.map(String), "+Inf"];
  const lines = ends.map((le, i) => {
    below += counts[i]!;
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: below };
  });
  return [
    ...lines,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: below },
  ];
}
