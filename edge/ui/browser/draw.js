/**
 * Draws a frame with what is known of it: boxes, trails, zones.
 *
 * @module
 */

/** @typedef {import("../told.ts").ShownFrame} ShownFrame */
/** @typedef {import("../told.ts").ZoneState} ZoneState */
/** @typedef {NonNullable<ShownFrame["detections"]>[number]} Detection */
/** @typedef {{ readonly boxes: boolean; readonly trails: boolean; readonly zones: boolean }} Layers */

/** Colours that are told apart on any picture, also by the colour-blind: after Okabe and Ito. */
const COLOURS = ["#56b4e9", "#f0a020", "#2fd6a0", "#f0e442", "#ff8a5c", "#e6a3d0", "#b9c7d6"];

/** Of zones. */
const ZONE_COLOUR = "#ffffff";

/** Pixels of the page that a picture is wide in which there is room for words. */
const LABELLED_MIN = 300;

/** Points of a trail that are kept, and milliseconds after which a thing's is forgotten. */
const TRAIL = { points: 40, ms: 3000 };

/** Where things went, by their numbers: `[x, y]` in shares of the frame. */
export class Trails {
  /** @type {Map<number, { seenMs: number, points: (readonly [number, number])[] }>} */
  #trails = new Map();
  #frame = 0;

  /**
   * Takes the next frame.
   *
   * @param {ShownFrame} frame
   */
  see({ frame, detections = [], pts_ms: atMs, width, height }) {
    if (frame < this.#frame) this.#trails.clear();
    this.#frame = frame;
    for (const { track_id, box } of detections) {
      if (track_id === undefined) continue;
      const trail = this.#trails.get(track_id) ?? { seenMs: atMs, points: [] };
      trail.seenMs = atMs;
      trail.points.push([(box[0] + box[2]) / 2 / width, box[3] / height]);
      if (trail.points.length > TRAIL.points) trail.points.shift();
      this.#trails.set(track_id, trail);
    }
    for (const [track, { seenMs }] of this.#trails) {
      if (atMs - seenMs > TRAIL.ms || atMs < seenMs) this.#trails.delete(track);
    }
  }

  /** @returns {Iterable<readonly [number, { readonly points: readonly (readonly [number, number])[] }]>} */
  all() {
    return this.#trails;
  }
}

/**
 * The colour of a thing: the same one as long as it is followed.
 *
 * @param {Pick<Detection, "track_id" | "class_id">} thing
 * @returns {string}
 */
export function colourOf({ track_id, class_id }) {
  return COLOURS[(track_id ?? class_id) % COLOURS.length] ?? ZONE_COLOUR;
}

/**
 * Draws it all. The canvas has the size that it is shown at.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {ImageBitmap} picture
 * @param {ShownFrame} frame
 * @param {readonly ZoneState[]} zones
 * @param {Trails} trails
 * @param {Layers} layers
 */
export function drawAll(canvas, picture, frame, zones, trails, layers) {
  const scale = fitted(canvas, picture);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  if (layers.zones) { for (const zone of zones) drawZone(context, zone, scale); }
  if (layers.trails) {
    for (const [track, { points }] of trails.all()) drawTrail(context, track, points, scale);
  }
  if (!layers.boxes) return;
  const across = { x: canvas.width / frame.width, y: canvas.height / frame.height };
  for (const thing of frame.detections ?? []) drawBox(context, thing, across, scale, frame);
}

/**
 * Gives a canvas the pixels of the place that it has.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {{ readonly width: number; readonly height: number }} picture
 * @returns {number} pixels of the canvas for one of the page
 */
function fitted(canvas, picture) {
  const scale = Math.min(2, globalThis.devicePixelRatio || 1);
  canvas.style.aspectRatio = `${picture.width} / ${picture.height}`;
  const width = Math.max(1, Math.round(canvas.clientWidth * scale));
  const height = Math.max(1, Math.round(width * picture.height / picture.width));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return scale;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Detection} thing
 * @param {{ readonly x: number; readonly y: number }} across
 * @param {number} scale
 * @param {ShownFrame} frame
 */
function drawBox(context, thing, across, scale, { inferred }) {
  const [x1, y1, x2, y2] = thing.box;
  const [left, top] = [x1 * across.x, y1 * across.y];
  const [width, height] = [(x2 - x1) * across.x, (y2 - y1) * across.y];
  const colour = colourOf(thing);
  context.setLineDash(inferred === false ? [6 * scale, 4 * scale] : []);
  stroke(context, colour, scale, () => context.rect(left, top, width, height));
  context.setLineDash([]);
  if (context.canvas.width < LABELLED_MIN * scale) return;
  const number = thing.track_id === undefined ? "" : ` ${thing.track_id}`;
  tag(
    context,
    `${thing.label}${number} ${Math.round(100 * thing.score)} %`,
    left,
    top,
    colour,
    scale,
  );
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} track
 * @param {readonly (readonly [number, number])[]} points
 * @param {number} scale
 */
function drawTrail(context, track, points, scale) {
  if (points.length < 2) return;
  stroke(context, colourOf({ track_id: track, class_id: 0 }), scale, () => {
    for (const [i, [x, y]] of points.entries()) {
      const at = /** @type {const} */ ([x * context.canvas.width, y * context.canvas.height]);
      if (i === 0) context.moveTo(...at);
      else context.lineTo(...at);
    }
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {ZoneState} zone
 * @param {number} scale
 */
function drawZone(context, { name, kind, points }, scale) {
  const { width, height } = context.canvas;
  const at = points.map(([x, y]) => /** @type {const} */ ([x * width, y * height]));
  const [first, last] = [at[0], at.at(-1)];
  if (!first || !last) return;
  const path = () => {
    context.moveTo(...first);
    for (const point of at.slice(1)) context.lineTo(...point);
    if (kind === "polygon") context.closePath();
    else arrow(first, last);
  };
  /** Which way is in: to the right of who looks along the line. @type {(from: readonly [number, number], to: readonly [number, number]) => void} */
  const arrow = ([x1, y1], [x2, y2]) => {
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
    const [mx, my, size] = [(x1 + x2) / 2, (y1 + y2) / 2, 16 * scale];
    const [tx, ty] = [mx - dy * size, my + dx * size];
    context.moveTo(mx, my);
    context.lineTo(tx, ty);
    context.moveTo(tx - (dx - dy) * size / 3, ty - (dy + dx) * size / 3);
    context.lineTo(tx, ty);
    context.lineTo(tx + (dx + dy) * size / 3, ty + (dy - dx) * size / 3);
  };
  if (kind === "polygon") {
    context.beginPath();
    path();
    context.fillStyle = "rgb(255 255 255 / 12%)";
    context.fill();
  }
  stroke(context, ZONE_COLOUR, scale, path);
  tag(context, name, first[0], first[1], ZONE_COLOUR, scale);
}

/**
 * A line that is seen on light and on dark.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} colour
 * @param {number} scale
 * @param {() => void} path
 */
function stroke(context, colour, scale, path) {
  for (const [style, width] of /** @type {const} */ ([["rgb(0 0 0 / 55%)", 4], [colour, 2]])) {
    context.beginPath();
    path();
    context.strokeStyle = style;
    context.lineWidth = width * scale;
    context.stroke();
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 * @param {number} scale
 */
function tag(context, text, x, y, colour, scale) {
  const { width: across } = context.canvas;
  context.font = `600 ${(across < 600 * scale ? 10 : 12) * scale}px system-ui, sans-serif`;
  const [width, height] = [context.measureText(text).width + 8 * scale, 17 * scale];
  const left = Math.min(Math.max(0, x - scale), across - width);
  const top = y - height < 0 ? y : y - height;
  context.fillStyle = colour;
  context.fillRect(left, top, width, height);
  context.fillStyle = "#0b1118";
  context.textBaseline = "middle";
  context.fillText(text, left + 4 * scale, top + height / 2 + 0.5 * scale);
}
