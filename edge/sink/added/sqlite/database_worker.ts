/** The thread that writes a results database: a slow disk or a busy file holds nobody else up. */

import { messageOf } from "../../../../core/errors.ts";
import type { Answered, Asked, Request } from "./messages.ts";
import { openToWrite } from "./open_database.ts";
import { ResultsDatabase } from "./results_database.ts";

let path = "";
let database: ResultsDatabase | undefined;

/** Does what is asked. The id of a run that begins. */
function done(request: Request): number | undefined {
  if (request.ask === "open") {
    path = request.path;
    database = new ResultsDatabase(openToWrite(path));
    return;
  }
  if (!database) throw new Error("it is not open");
  switch (request.ask) {
    case "begin":
      return database.begin(request.run);
    case "write":
      // What is in no directory any more takes all that is written, and all of it is lost.
      if (!isThere()) throw new Error("it was removed while the run went on");
      return void database.write(request.runId, request.items);
    case "end":
      return void database.end(request.runId, request.endedMs, request.summary);
    case "close":
      return void database.close();
    default:
      return request satisfies never;
  }
}

function isThere(): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

self.onmessage = ({ data: { id, request } }: MessageEvent<Asked>) => {
  let answer: Answered;
  try {
    const runId = done(request);
    answer = runId === undefined ? { id } : { id, runId };
  } catch (error) {
    answer = { id, error: messageOf(error) };
  }
  self.postMessage(answer);
};
