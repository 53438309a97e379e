/** The page of a run, as it lies among its results: how it is told from anybody else's file of that name. */

/** What it is called in a run's directory. */
export const REPORT_FILE = "report.html";

/** Stands in its head. */
export const REPORT_MARK = '<meta name="generator" content="smarteye report">';

/** Bytes in which it says whose it is. */
const HEAD_BYTES = 1024;

/**
 * Whether a file is the page of a run, or the beginning of one.
 *
 * @throws {Error} Deno's, when it is not there or cannot be read.
 */
export async function isReport(path: string): Promise<boolean> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(HEAD_BYTES);
  return isHead(bytes.subarray(0, await file.read(bytes) ?? 0));
}

/** The same, for a thread that may wait. @throws {Error} Deno's. */
export function isReportSync(path: string): boolean {
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(HEAD_BYTES);
  return isHead(bytes.subarray(0, file.readSync(bytes) ?? 0));
}

function isHead(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes).includes(REPORT_MARK);
}
