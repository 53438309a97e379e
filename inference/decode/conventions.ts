/** How published models are fed, where several families do the same. */

/** Pixels go in as bytes, 0 to 255. */
export const BYTES = { mean: [0, 0, 0], std: [1, 1, 1] } as const;

/** Pixels go in as shares, 0 to 1. */
export const SHARES = { mean: [0, 0, 0], std: [255, 255, 255] } as const;

/** ImageNet's mean and deviation of red, green and blue, as torchvision has them. */
export const IMAGENET = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] } as const;

/** No padding, any size, no smoothing. */
export const PLAIN = { pad: 0, multiple_of: 1, resample: "linear" } as const;

/** Ultralytics' letterbox. */
export const LETTERBOX = {
  ...PLAIN,
  color: "rgb",
  fit: "letterbox_center",
  pad: 114,
  ...SHARES,
} as const;
