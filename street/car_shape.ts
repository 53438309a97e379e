/** The shapes of cars' bodies, as outlines seen from the side. */

import { d } from "./sketch.ts";

/** A body's side view: places in cm from its middle (front to the right) and over the ground. */
export interface CarShape {
  /** From bumper to bumper. */
  readonly length: number;
  /** The rear hub's x. */
  readonly rearAxle: number;
  /** The front hub's x. */
  readonly frontAxle: number;
  /** With the tyre. */
  readonly wheelRadius: number;
  /** Height of the bonnet at the nose. */
  readonly nose: number;
  /** Foot of the windscreen: its x and its height. */
  readonly cowl: readonly [x: number, up: number];
  /** The x of the roof's front and rear. */
  readonly roof: readonly [front: number, rear: number];
  /** Heights of the roof at its front, middle and rear. */
  readonly roofUp: readonly [front: number, middle: number, rear: number];
  /** Foot of the rear window: its x and its height. */
  readonly rearFoot: readonly [x: number, up: number];
  /** Top of the tail. */
  readonly tailUp: number;
  /** Height of the lower edge of the side windows. */
  readonly belt: number;
  /** Doors of the car; half of them are on the side that is seen. */
  readonly doors: 2 | 4;
}

/** The bodies that there are. */
export const CAR_SHAPES: readonly CarShape[] = [
  { // saloon
    length: 464,
    rearAxle: -136,
    frontAxle: 142,
    wheelRadius: 33,
    nose: 72,
    cowl: [92, 96],
    roof: [28, -76],
    roofUp: [139, 146, 139],
    rearFoot: [-160, 106],
    tailUp: 104,
    belt: 94,
    doors: 4,
  },
  { // hatchback
    length: 405,
    rearAxle: -126,
    frontAxle: 126,
    wheelRadius: 32,
    nose: 76,
    cowl: [92, 99],
    roof: [26, -138],
    roofUp: [143, 150, 142],
    rearFoot: [-186, 102],
    tailUp: 98,
    belt: 96,
    doors: 4,
  },
  { // sport utility
    length: 452,
    rearAxle: -132,
    frontAxle: 138,
    wheelRadius: 37,
    nose: 94,
    cowl: [100, 114],
    roof: [36, -160],
    roofUp: [161, 169, 163],
    rearFoot: [-206, 116],
    tailUp: 112,
    belt: 111,
    doors: 4,
  },
  { // estate
    length: 470,
    rearAxle: -138,
    frontAxle: 144,
    wheelRadius: 33,
    nose: 73,
    cowl: [96, 97],
    roof: [32, -172],
    roofUp: [140, 148, 142],
    rearFoot: [-216, 104],
    tailUp: 100,
    belt: 95,
    doors: 4,
  },
  { // people carrier
    length: 440,
    rearAxle: -134,
    frontAxle: 136,
    wheelRadius: 33,
    nose: 84,
    cowl: [122, 104],
    roof: [40, -158],
    roofUp: [157, 166, 158],
    rearFoot: [-204, 106],
    tailUp: 103,
    belt: 102,
    doors: 4,
  },
  { // city car
    length: 358,
    rearAxle: -112,
    frontAxle: 114,
    wheelRadius: 29,
    nose: 78,
    cowl: [84, 100],
    roof: [24, -118],
    roofUp: [142, 149, 141],
    rearFoot: [-164, 102],
    tailUp: 96,
    belt: 97,
    doors: 2,
  },
];

/** A car's side outline without the wheels' arches, from the rear bumper over the roof. */
export function upperOutline(s: CarShape): string {
  const rear = -s.length / 2;
  const front = s.length / 2;
  const [cowlX, cowlUp] = s.cowl;
  const [roofFront, roofRear] = s.roof;
  const [frontUp, middleUp, rearUp] = s.roofUp;
  const [footX, footUp] = s.rearFoot;
  const middle = (roofFront + roofRear) / 2;
  const tail = rear + 7;
  return d`M${rear + 8} -24Q${rear} -28 ${rear} -50Q${rear} -62 ${rear + 4} -68` +
    d`Q${rear + 2} ${-s.tailUp + 14} ${tail + 3} ${-s.tailUp + 2}` +
    d`Q${tail + 6} ${-s.tailUp - 2} ${Math.min(footX, tail + 40)} ${-Math.max(footUp, s.tailUp)}` +
    d`L${footX} ${-footUp}` +
    d`Q${(footX * 0.42 + roofRear * 0.58) - 4} ${-rearUp + 6} ${roofRear} ${-rearUp}` +
    d`C${roofRear + 28} ${-rearUp - 6} ${middle - 25} ${-middleUp} ${middle} ${-middleUp}` +
    d`C${middle + 30} ${-middleUp} ${roofFront - 26} ${-frontUp - 4} ${roofFront} ${-frontUp}` +
    d`Q${(roofFront + cowlX) / 2 + 4} ${-(frontUp + cowlUp) / 2 - 5} ${cowlX} ${-cowlUp}` +
    d`C${cowlX + 36} ${-cowlUp - 3} ${front - 38} ${-s.nose - 7} ${front - 16} ${-s.nose}` +
    d`Q${front - 2} ${-s.nose + 6} ${front - 2} -56Q${front + 1} -34 ${front - 6} -25` +
    d`Q${front - 10} -21 ${front - 20} -20`;
}

/** The whole outline, with the arches cut out for the wheels. */
export function bodyOutline(s: CarShape): string {
  const arch = s.wheelRadius + 5;
  const sill = -20;
  // Where the arch, a circle around the hub, meets the sill.
  const half = Math.sqrt(arch ** 2 - (s.wheelRadius + sill) ** 2);
  const wheel = (x: number) => d`L${x + half} ${sill}A${arch} ${arch} 0 1 0 ${x - half} ${sill}`;
  return `${upperOutline(s)}${wheel(s.frontAxle)}${wheel(s.rearAxle)}Z`;
}

/** The side windows as one area; the pillars are drawn over it. */
export function windowsOutline(s: CarShape): string {
  const [cowlX] = s.cowl;
  const [roofFront, roofRear] = s.roof;
  const [frontUp, middleUp, rearUp] = s.roofUp;
  const [footX] = s.rearFoot;
  const middle = (roofFront + roofRear) / 2;
  const rearX = Math.max(footX + 20, -s.length / 2 + 36);
  return d`M${cowlX - 16} ${-s.belt - 5}Q${(roofFront + cowlX) / 2 - 4} ${
    -(frontUp + s.belt) / 2 - 2
  } ` +
    d`${roofFront - 4} ${-frontUp + 8}Q${middle} ${-middleUp + 7} ${roofRear + 10} ${-rearUp + 9}` +
    d`Q${(rearX + roofRear) / 2 + 1} ${-rearUp + 15} ${rearX} ${-s.belt - 8}` +
    d`Q${rearX + 2} ${-s.belt - 3} ${rearX + 12} ${-s.belt - 3}Z`;
}
