/** What onnxruntime says went wrong, without the C++ around it. */

/** Characters of a message that are shown: what is longer is C++. */
const LENGTH_MAX = 300;

/** `CUDA failure 101: invalid device ordinal ; GPU=-1 ; … ; expr=cudaSetDevice(info_.device_id);` */
const CUDA_FAILURE = /\b(\w+) failure (\d+): (.*?) ; GPU=.*?(?:; expr=(\w+)\(|$)/s;

/** `/onnxruntime_src/…/file.cc:136 SIGNATURE CONDITION was false. ` at the start. */
const ASSERTION = /^\/\S+\.(?:cc|h|cu|cuh|cpp):\d+ .*? was false\.\s*/s;

/** `/onnxruntime_src/…/file.cc:136 SIGNATURE` at the start, up to where the text begins again. */
const PLACE = /^\/\S+\.(?:cc|h|cu|cuh|cpp):\d+ \S.*?(?:\)(?: const)?|\])\s+(?=[A-Z"'\[])/s;

/** `[ONNXRuntimeError] : 1 : FAIL : ` */
const STATUS = /^\[ONNXRuntimeError\] : \d+ : \w+ : /;

/**
 * One sentence of a message of onnxruntime: what failed and why, not where in its sources, nor of
 * which template.
 */
export function reasonOf(message: string): string {
  const failure = CUDA_FAILURE.exec(message);
  if (failure) {
    const [, library, number, text, call] = failure;
    return `${text!.trim()} (${library} failure ${number}${call ? ` in ${call}` : ""})`;
  }
  let text = message.trim().replace(STATUS, "").replace(ASSERTION, "");
  for (let shorter = text.replace(PLACE, ""); shorter !== text; shorter = text.replace(PLACE, "")) {
    text = shorter;
  }
  text = text.replace(/\s*\n\s*at .*$/s, "").replace(/\s+/g, " ").trim();
  return text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX - 1)}…` : text;
}
