/**
 * One coordinate of a moving thing, as a Kalman filter sees it: a place, a speed, and how sure it is
 * of both. It knows time in seconds and no frames, so it may be asked at any rate.
 *
 * The speed is an Ornstein–Uhlenbeck process: left alone it fades (time constant `tau`) while chance
 * pushes it, so that in the long run it has the deviation `speed`. Over a moment that is constant
 * velocity with white-noise acceleration; over a gap the place does not run away, and its
 * uncertainty grows with the root of time and not with its cube. (Also known as the Singer model
 * one order lower: R. A. Singer, 1970; X. R. Li and V. P. Jilkov, "Survey of maneuvering target
 * tracking", 2003, section IV.)
 */

/** How a coordinate moves, in its own unit and seconds. */
export interface Motion {
  /** Time in which the speed fades to 1/e, s. */
  readonly tau: number;
  /** Standard deviation of the speed in the long run, units a second. */
  readonly speed: number;
}

/** A place and a speed that are known to a degree. */
export class Coordinate {
  #speed = 0;
  #placeVariance: number;
  #covariance = 0;
  #speedVariance: number;

  /**
   * Begins at a place whose speed nobody knows.
   *
   * @param deviation of the place, and of the speed about 0
   */
  constructor(private place: number, deviation: { place: number; speed: number }) {
    this.#placeVariance = deviation.place ** 2;
    this.#speedVariance = deviation.speed ** 2;
  }

  /** Where it is. */
  get value(): number {
    return this.place;
  }

  /** How fast it is, units a second. */
  get speed(): number {
    return this.#speed;
  }

  /** Of the place. */
  get variance(): number {
    return this.#placeVariance;
  }

  /** Lets time pass. */
  advance(seconds: number, { tau, speed }: Motion): void {
    if (seconds <= 0) return;
    const left = Math.exp(-seconds / tau);
    const reach = tau * (1 - left);
    this.place += this.#speed * reach;
    this.#speed *= left;
    // P ← F·P·Fᵀ + Q with F = [1 reach; 0 left], Q that of the integrated process.
    const [p, c, v] = [this.#placeVariance, this.#covariance, this.#speedVariance];
    const pushed = speed ** 2;
    const wander = 2 * seconds / tau - 3 + 4 * left - left ** 2;
    this.#placeVariance = p + 2 * reach * c + reach ** 2 * v +
      pushed * tau ** 2 * Math.max(0, wander);
    this.#covariance = left * (c + reach * v) + pushed * tau * (1 - left) ** 2;
    this.#speedVariance = left ** 2 * v + pushed * (1 - left ** 2);
  }

  /** Takes it to be so much further on, which says nothing of its speed. */
  shift(by: number): void {
    this.place += by;
  }

  /** Learns from a measurement of the place with such a standard deviation. */
  correct(measured: number, deviation: number): void {
    const expected = this.#placeVariance + deviation ** 2;
    const gain = this.#placeVariance / expected;
    const speedGain = this.#covariance / expected;
    const surprise = measured - this.place;
    this.place += gain * surprise;
    this.#speed += speedGain * surprise;
    this.#speedVariance -= speedGain * this.#covariance;
    this.#covariance *= 1 - gain;
    this.#placeVariance *= 1 - gain;
  }
}

/** How far something goes whose speed fades: v·τ·(1−e^(−t/τ)); backwards for a time before. */
export function dampedWay(speed: number, seconds: number, tau: number): number {
  return Math.sign(seconds) * speed * tau * (1 - Math.exp(-Math.abs(seconds) / tau));
}
