/** A drawing in progress: SVG shapes in centimetres, with the gradients and filters they refer to. */

/** A gradient's stop: where (0 to 1), which colour, and how opaque (1 when left out). */
export type Stop = readonly [at: number, colour: string, opacity?: number];

/** Attributes of an SVG element; a number is written with at most two decimals. */
export type Attributes = Readonly<Record<string, string | number>>;

/** Bounds of a drawing around its anchor, in centimetres, y downwards. */
export interface Extent {
  /** Where it begins. */
  readonly left: number;
  /** Negative above the ground. */
  readonly top: number;
  /** Where it ends. */
  readonly right: number;
  /** Positive below the ground line. */
  readonly bottom: number;
}

/** A finished drawing. Its anchor (0, 0) is the point of the ground under the thing's centre. */
export interface Drawing {
  /** The SVG's elements. */
  readonly body: string;
  /** Nothing is drawn outside of it. */
  readonly extent: Extent;
}

/** Collects shapes, back to front. */
export class Sketch {
  readonly #parts: string[] = [];
  #definitions = 0;

  /** A fill along the line from (x1, y1) to (x2, y2). */
  linear(x1: number, y1: number, x2: number, y2: number, stops: readonly Stop[]): string {
    return this.#define(
      (id) =>
        `<linearGradient id="${id}" gradientUnits="userSpaceOnUse" ` +
        `${written({ x1, y1, x2, y2 })}>${stopsOf(stops)}</linearGradient>`,
    );
  }

  /** A fill around (cx, cy), out to the radius `r`. */
  radial(cx: number, cy: number, r: number, stops: readonly Stop[]): string {
    return this.#define(
      (id) =>
        `<radialGradient id="${id}" gradientUnits="userSpaceOnUse" ` +
        `${written({ cx, cy, r })}>${stopsOf(stops)}</radialGradient>`,
    );
  }

  /** A Gaussian blur of the given standard deviation, for the attribute `filter`. */
  blur(deviation: number): string {
    return this.filter(`<feGaussianBlur stdDeviation="${number(deviation)}"/>`);
  }

  /** A filter made of the given primitives, for the attribute `filter`. */
  filter(primitives: string): string {
    return this.#define(
      (id) =>
        `<filter id="${id}" x="-50%" y="-50%" width="200%" height="200%" ` +
        `color-interpolation-filters="sRGB">${primitives}</filter>`,
    );
  }

  /** A clip along a path, for the attribute `clip-path`. */
  clip(d: string): string {
    return this.#define((id) => `<clipPath id="${id}"><path d="${d}"/></clipPath>`);
  }

  /** An outline in SVG path syntax. */
  path(d: string, attributes: Attributes): this {
    return this.#add("path", { d, ...attributes });
  }

  /** A line that is only stroked, with round ends. */
  line(d: string, stroke: string, width: number, attributes: Attributes = {}): this {
    const style = { fill: "none", "stroke-linecap": "round", "stroke-linejoin": "round" };
    return this.path(d, { ...style, stroke, "stroke-width": width, ...attributes });
  }

  /** A rectangle from its upper left corner. */
  rect(x: number, y: number, width: number, height: number, attributes: Attributes): this {
    return this.#add("rect", { x, y, width, height, ...attributes });
  }

  /** A circle around (cx, cy). */
  circle(cx: number, cy: number, r: number, attributes: Attributes): this {
    return this.#add("circle", { cx, cy, r, ...attributes });
  }

  /** An ellipse around (cx, cy). */
  ellipse(cx: number, cy: number, rx: number, ry: number, attributes: Attributes): this {
    return this.#add("ellipse", { cx, cy, rx, ry, ...attributes });
  }

  /** Shapes that share attributes: a transform, a clip, an opacity. */
  group(attributes: Attributes, draw: () => void): this {
    this.#parts.push(`<g ${written(attributes)}>`);
    draw();
    this.#parts.push("</g>");
    return this;
  }

  /** The drawing so far; nothing of it lies outside `extent`. */
  done(extent: Extent): Drawing {
    return { body: this.#parts.join(""), extent };
  }

  #add(name: string, attributes: Attributes): this {
    this.#parts.push(`<${name} ${written(attributes)}/>`);
    return this;
  }

  #define(write: (id: string) => string): string {
    const id = `d${this.#definitions++}`;
    this.#parts.push(`<defs>${write(id)}</defs>`);
    return `url(#${id})`;
  }
}

/** A path through straight lines, closed. */
export function polygon(...points: readonly (readonly [x: number, y: number])[]): string {
  return `M${points.map(([x, y]) => `${number(x)} ${number(y)}`).join("L")}Z`;
}

/** A number as it stands in a path: at most two decimals. */
export function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A path written with numbers in it, each with at most two decimals. */
export function d(strings: TemplateStringsArray, ...values: readonly number[]): string {
  return strings.reduce((path, text, i) => path + number(values[i - 1]!) + text);
}

function stopsOf(stops: readonly Stop[]): string {
  return stops.map(([at, colour, opacity = 1]) =>
    `<stop offset="${number(at)}" stop-color="${colour}" stop-opacity="${number(opacity)}"/>`
  ).join("");
}

function written(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}="${typeof value === "number" ? number(value) : value}"`)
    .join(" ");
}
