import assert from "node:assert/strict";
import { seededRng } from "../../core/rng.ts";
import { Coordinate, dampedWay } from "./kalman.ts";

const MOTION = { tau: 4, speed: 2 };
const near = (a: number, b: number, by = 1e-9) => assert.ok(Math.abs(a - b) < by, `${a}, ${b}`);

/** A coordinate that has a speed. */
function moving(): Coordinate {
  const coordinate = new Coordinate(0, { place: 0.1, speed: 3 });
  for (let i = 1; i <= 20; i++) {
    coordinate.advance(0.1, MOTION);
    coordinate.correct(i * 0.5, 0.1);
  }
  return coordinate;
}

Deno.test("Coordinate: it finds the speed of what moves evenly", () => {
  const { value, speed } = moving();
  near(value, 10, 0.2);
  near(speed, 5, 0.5);
});

Deno.test("Coordinate: one step is many small ones: it does not matter how often one asks", () => {
  const [once, often] = [moving(), moving()];
  once.advance(3, MOTION);
  for (let i = 0; i < 300; i++) often.advance(0.01, MOTION);
  near(once.value, often.value);
  near(once.speed, often.speed);
  near(once.variance, often.variance, 1e-6);
  near(once.value, moving().value + dampedWay(moving().speed, 3, MOTION.tau));
});

Deno.test("Coordinate: it becomes unsure with time, and surer when it is measured", () => {
  const coordinate = moving();
  const before = coordinate.variance;
  coordinate.advance(0.5, MOTION);
  const later = coordinate.variance;
  coordinate.correct(coordinate.value, 0.1);
  assert.ok(later > before && coordinate.variance < later && coordinate.variance > 0);
  // Over long it grows like a walk of chance, not like a flight: to 2·σ²·τ·t.
  coordinate.advance(100_000, MOTION);
  near(coordinate.variance / (2 * MOTION.speed ** 2 * MOTION.tau * 100_000), 1, 0.01);
});

Deno.test("Coordinate: its variance is how wrong it is", () => {
  // A process that is as the filter takes it to be: squared errors over variances are 1 at the mean.
  const rng = seededRng(3);
  const normal = () => Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
  let [sum, count] = [0, 0];
  for (let run = 0; run < 300; run++) {
    let [place, speed] = [0, 2 * normal()];
    const coordinate = new Coordinate(0.3 * normal(), { place: 0.3, speed: 2 });
    for (let i = 0; i < 30; i++) {
      for (let step = 0; step < 20; step++) { // 0.2 s
        place += speed * 0.01;
        speed += -speed * 0.01 / MOTION.tau + 2 * Math.sqrt(2 * 0.01 / MOTION.tau) * normal();
      }
      coordinate.advance(0.2, MOTION);
      sum += (place - coordinate.value) ** 2 / coordinate.variance;
      count++;
      coordinate.correct(place + 0.3 * normal(), 0.3);
    }
  }
  near(sum / count, 1, 0.06);
});

Deno.test("dampedWay: at first as the speed says, at last no further than speed times tau", () => {
  near(dampedWay(10, 0.01, 2), 0.1, 1e-3);
  near(dampedWay(10, 1e6, 2), 20);
  near(dampedWay(10, -1, 2), -dampedWay(10, 1, 2));
  assert.equal(dampedWay(10, 0, 2), 0);
});
