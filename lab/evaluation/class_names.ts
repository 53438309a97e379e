/** Which classes of a data set are which labels of a model: the same thing has many names. */

/** Other names of COCO's classes. "Bike" is not among them: it is either kind of cycle. */
export const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  person: ["people", "pedestrian", "pedestrians", "human"],
  bicycle: ["cyclist", "bicyclist", "pushbike"],
  motorcycle: ["motorbike", "motorcyclist", "biker"],
  car: ["automobile"],
  airplane: ["aeroplane", "plane"],
  truck: ["lorry"],
  boat: ["ship"],
  couch: ["sofa"],
  tv: ["tvmonitor", "television"],
  "cell phone": ["mobile phone"],
  "hair drier": ["hair dryer"],
  donut: ["doughnut"],
};

const CANONICAL = new Map(
  Object.entries(SYNONYMS).flatMap(([name, others]) =>
    others.map((other) => [plain(other), plain(name)] as const)
  ),
);

/**
 * For each class of a data set, the place of its label among a model's, or `undefined` where the
 * model does not know it. Case, spaces, `_` and `-` do not count; a label of the same name is taken
 * before a synonym ({@link SYNONYMS}). Several classes may be one label.
 */
export function labelsOfClasses(
  classes: readonly string[],
  labels: readonly string[],
): (number | undefined)[] {
  const bySame = placeBy(labels, plain);
  const byMeaning = placeBy(labels, canonical);
  return classes.map((name) => bySame.get(plain(name)) ?? byMeaning.get(canonical(name)));
}

function placeBy(labels: readonly string[], key: (label: string) => string): Map<string, number> {
  const places = new Map<string, number>();
  for (const [place, label] of labels.entries()) {
    if (!places.has(key(label))) places.set(key(label), place);
  }
  return places;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, "");
}

function canonical(name: string): string {
  return CANONICAL.get(plain(name)) ?? plain(name);
}
