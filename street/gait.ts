/** The pose of a walking person, from the angles of human gait. */

/** A joint: x forwards, y downwards, in cm; the ground is at 0. */
export type Joint = readonly [x: number, y: number];

/** A leg from hip to toe. */
export interface Leg {
  /** Where the leg begins. */
  readonly hip: Joint;
  /** Bends backwards. */
  readonly knee: Joint;
  /** Where the foot begins. */
  readonly ankle: Joint;
  /** The sole's rear end. */
  readonly heel: Joint;
  /** The sole's front end. */
  readonly toe: Joint;
}

/** An arm from shoulder to hand. */
export interface Arm {
  /** Where the arm begins. */
  readonly shoulder: Joint;
  /** Bends forwards. */
  readonly elbow: Joint;
  /** The hand's middle. */
  readonly hand: Joint;
}

/** A person's joints. "Near" is the side that the camera sees. */
export interface Pose {
  /** The limbs that the camera sees whole. */
  readonly near: { readonly leg: Leg; readonly arm: Arm };
  /** The limbs behind the trunk. */
  readonly far: { readonly leg: Leg; readonly arm: Arm };
  /** Between the hips. */
  readonly pelvis: Joint;
  /** Where head and trunk meet. */
  readonly neck: Joint;
  /** The head's middle. */
  readonly head: Joint;
}

/** The point `length` away from `from`, at `degrees` forwards of straight down. */
export function reach(from: Joint, degrees: number, length: number): Joint {
  const angle = degrees * Math.PI / 180;
  return [from[0] + Math.sin(angle) * length, from[1] + Math.cos(angle) * length];
}

/** A bump of height 1 around `centre`, for a phase that wraps at 1. */
function bump(phase: number, centre: number, width: number): number {
  const away = Math.abs(phase - centre) % 1;
  return Math.exp(-((Math.min(away, 1 - away) / width) ** 2));
}

/** The leg that strikes the ground with its heel at phase 0 and leaves it at about 0.6. */
function walkingLeg(hip: Joint, height: number, phase: number, vigour: number): Leg {
  const p = phase % 1;
  const thigh = vigour * (2 + 23 * Math.cos(2 * Math.PI * (p - 0.02)));
  const flexion = 4 + vigour * (13 * bump(p, 0.14, 0.1) + 56 * bump(p, 0.73, 0.15));
  const pitch = vigour *
    (14 * bump(p, 0, 0.06) - 62 * bump(p, 0.62, 0.11) - 12 * bump(p, 0.78, 0.1));
  const knee = reach(hip, thigh, height * 0.245);
  const ankle = reach(knee, thigh - flexion, height * 0.235);
  // A foot that is level points straight forwards: 90 degrees from straight down.
  const heel = reach(ankle, pitch - 28, height * 0.042);
  const toe = reach(heel, 90 + pitch, height * 0.148);
  return { hip, knee, ankle, heel, toe };
}

function swingingArm(shoulder: Joint, height: number, phase: number, vigour: number): Arm {
  const swing = -vigour * 21 * Math.cos(2 * Math.PI * phase);
  const elbow = reach(shoulder, swing - 2, height * 0.172);
  const hand = reach(elbow, swing + 20 + Math.max(0, swing) * 0.7, height * 0.17);
  return { shoulder, elbow, hand };
}

/**
 * A walking pose.
 *
 * @param height of the person, cm
 * @param phase 0 to 1 over two steps
 * @param vigour 1 for a usual stride, less for a shorter one
 */
export function walkingPose(height: number, phase: number, vigour: number): Pose {
  const legs = [phase, phase + 0.5].map((p) => walkingLeg([0, 0], height, p, vigour));
  // The pelvis is as high as the lower foot lets it.
  const lowest = Math.max(...legs.flatMap((leg) => [leg.heel[1], leg.toe[1]]));
  const pelvis: Joint = [0, -lowest - height * 0.012];
  const neck: Joint = [height * 0.022, pelvis[1] - height * 0.325];
  const head: Joint = [height * 0.042, neck[1] - height * 0.093];
  // The camera sees a little of the front: the near side lies back, the far side forwards.
  const side = (hip: number, shoulder: number, p: number) => ({
    leg: walkingLeg([height * hip, pelvis[1]], height, p, vigour),
    arm: swingingArm([height * shoulder, neck[1] + height * 0.045], height, p, vigour),
  });
  return {
    near: side(-0.018, -0.034, phase),
    far: side(0.024, 0.062, phase + 0.5),
    pelvis,
    neck,
    head,
  };
}

/** Centimetres walked in one cycle (two steps). */
export function cycleCm(height: number, vigour: number): number {
  return height * 0.48 * 2 * (0.83 * vigour);
}
