/** Which onnxruntime infers. */

import onnxruntime from "onnxruntime-node/package.json" with { type: "json" };

/** Version of onnxruntime-node, and so of the library under it. */
export const ORT_VERSION: string = onnxruntime.version;
