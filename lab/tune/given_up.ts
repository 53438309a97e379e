/** How long a frame is waited for while points are measured. */

/**
 * Milliseconds after which a frame is given up: no target lies beyond, so that it is known by how much
 * a point misses one.
 */
export const GIVEN_UP_MS = 10_000;
