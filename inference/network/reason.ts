/** What onnxruntime says went wrong: what was found and what is wanted, without the C++ around it. */

/** Characters of a message that are shown: what is longer is C++. */
const LENGTH_MAX = 300;

/** `CUDA failure 101: invalid device ordinal ; GPU=-1 ; … ; expr=cudaSetDevice(info_.device_id);` */
const CUDA_FAILURE = /\b(\w+) failure (\d+): (.*?) ; GPU=.*?(?:; expr=(\w+)\(|$)/s;

/** `/onnxruntime_src/…/file.cc:136 SIGNATURE CONDITION was false. ` at the start. */
const ASSERTION = /^\/\S+\.(?:cc|h|cu|cuh|cpp):\d+ .*? was false\.\s*/s;

/** `/onnxruntime_src/…/file.cc:136 SIGNATURE` at the start, up to where the text begins again. */
const PLACE = /^\/\S+\.(?:cc|h|cu|cuh|cpp):\d+ \S.*?(?:\)(?: const)?|\])\s+(?=[A-Z"'\[])/s;

/** `concatbase.h:133 PrepareForComputeImpl ` at the start: a place without its signature. */
const SHORT_PLACE = /^[\w/]+\.(?:cc|h|cu|cuh|cpp):\d+ \w+\s+/;

/** `[ONNXRuntimeError] : 1 : FAIL : ` and what begins many messages and says nothing. */
const STATUS = /^\[ONNXRuntimeError\] : \d+ : \w+ : /;
const EMPTY_WORDS =
  /^(?:This is an invalid model\. |Invalid model\. |Fatal error: |Type Error: |Error: )+/;

/** Forms in which a message names the operation that it is about, which is told last. */
const IN_OPERATION: readonly RegExp[] = [
  /^Non-zero status code returned while running (?<op>\w+) node\. Name:'(?<name>[^']*)' Status Message: /,
  /^In Node, \("(?<name>[^"]*)", (?<op>\w+), .*? , Error /s,
  /^Node \((?<name>.*?)\) Op \((?<op>\w+)\) (?:\[\w+\] )?/,
];

/** What is often wrong with files, in our words. */
const KNOWN: readonly (readonly [form: RegExp, said: (parts: readonly string[]) => string])[] = [
  [
    /^Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    ([, found, most]) =>
      `its IR version is ${found}, at most ${most} is wanted: set model.ir_version = ${most} with ` +
      `Python's onnx, or export it with an older one`,
  ],
  [
    /\bOpset (\d+) is under development .* till opset (\d+)/s,
    ([, found, most]) =>
      `it is of opset ${found}, at most ${most} is wanted: export it with opset_version=${most}`,
  ],
  [
    /^No Op registered for (\S+) with domain_version of (\d+)/,
    ([, operation, opset]) =>
      `its operation ${operation} is none of ONNX's opset ${opset}: an export of ONNX's own ` +
      `operations is wanted`,
  ],
  [
    /^([^\s:]*):(\S+)\(-?\d+\) is not a registered function\/op/,
    ([, domain, operation]) =>
      `its operation ${operation} is of the domain "${domain}", which is not known here: an export ` +
      `of ONNX's own operations is wanted`,
  ],
  [
    /^Missing opset in the model/,
    () => "it does not say its opset: an export with opset_version is wanted",
  ],
];

/**
 * One sentence of a message of onnxruntime: what failed and why, and in which operation; not where in
 * its sources, nor of which template.
 */
export function reasonOf(message: string): string {
  const failure = CUDA_FAILURE.exec(message);
  if (failure) {
    const [, library, number, text, call] = failure;
    return `${text!.trim()} (${library} failure ${number}${call ? ` in ${call}` : ""})`;
  }
  let text = bare(message.trim().replace(STATUS, ""));
  let where = "";
  const operation = IN_OPERATION.map((form) => form.exec(text)).find((found) => found !== null);
  if (operation) {
    const { op, name } = operation.groups!;
    where = ` (in ${op}${name ? ` "${name.slice(0, 80)}"` : ""})`;
    text = bare(text.slice(operation[0].length));
  }
  text = text.replace(/\s*\n\s*at .*$/s, "").replace(" in node ()", "").replace(/\s+/g, " ").trim();
  for (const [form, said] of KNOWN) {
    const parts = form.exec(text);
    if (parts) return said(parts);
  }
  const most = LENGTH_MAX - where.length;
  return (text.length > most ? `${text.slice(0, most - 1)}…` : text) + where;
}

/** A text without what it begins with that is only of use to who builds onnxruntime. */
function bare(message: string): string {
  for (let text = message, before = "";; before = text) {
    text = text.replace(ASSERTION, "").replace(PLACE, "").replace(SHORT_PLACE, "")
      .replace(EMPTY_WORDS, "");
    if (text === before) return text;
  }
}
