/** What may differ where the tests are run. */

/** Whether programs that are started here hear SIGHUP: not on Windows, nor under `nohup`. */
export const HEARS_SIGHUP: boolean = Deno.build.os !== "windows" && !isIgnored();

function isIgnored(): boolean {
  if (Deno.build.os !== "linux") return false;
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(Deno.readTextFileSync("/proc/self/status"))![1];
  return (BigInt(`0x${mask}`) & 1n) === 1n;
}
