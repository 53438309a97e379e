/** The thread that writes a results database: a slow disk or a busy file holds nobody else up. */

import { messageOf } from "../../../../core/errors.ts";
import type { Answered, Asked, Request } from "./messages.ts";
import { openToWrite } from "./open_database.ts";
import { ResultsDatabase } from "./results_database.ts";

let path = "";
let database: ResultsDatabase | undefined;

/** Does what is asked. What there is to answer. */
function done(request: Request): Omit<Answered, "id"> {
  if (request.ask === "open") {
    path = request.path;
    database = new ResultsDatabase(openToWrite(path));
    return {};
  }
  if (!database) throw new Error("it is not open");
  switch (request.ask) {
    case "begin":
      return { runId: database.begin(request.run) };
    case "write":
      // What is in no directory any more takes all that is written, and all of it is lost.
      if (!isThere()) throw new Error("it was removed while the run went on");
      database.write(request.runId, request.items);
      return {};
    case "end":
      database.end(request.runId, request.endedMs, request.summary);
      return {};
    case "trim":
      return { trimmed: database.trim(request.limits, request.rowsMax) };
    case "close":
      database.close();
      return {};
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
    answer = { id, ...done(request) };
  } catch (error) {
    answer = { id, error: messageOf(error) };
  }
  self.postMessage(answer);
};
