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
  const head = new TextDecoder().decode(bytes.subarray(0, await file.read(bytes) ?? 0));
  return head.includes(REPORT_MARK);
}
