/** Opens a results database: one that is there is proven to be one, a new one gets its tables. */

import { DatabaseSync } from "node:sqlite";
import { messageOf, SmarteyeError } from "../../../../core/errors.ts";
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from "./schema.ts";

/** Milliseconds that another process may hold the file. */
const BUSY_MS = 5000;

/** Bytes of a file's head that tell what it is (https://www.sqlite.org/fileformat.html, 1.3). */
const HEAD_BYTES = 100;
const MAGIC = "SQLite format 3\0";
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

const OURS = "a file that a sink of kind sqlite wrote";

/** Why a file cannot be used. */
export interface WrongFile {
  /** What it is, as a clause. */
  readonly found: string;
  /** What could be there instead. */
  readonly wanted: string;
}

/** Opens one to write, and makes it where there is none. @throws {Error} that says why not. */
export function openToWrite(path: string): DatabaseSync {
  const wrong = whatIsWrong(path);
  if (wrong) throw new Error(clauseOf(wrong));
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    // Of a new file: rows that go for their age make room for others, and on the disk.
    database.exec("PRAGMA auto_vacuum = INCREMENTAL");
    // Readers do not wait for the writer, and a commit not for the disk: a crash of the process loses
    // nothing that was committed, one of the machine the last moments, and neither the file.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    database.exec("BEGIN IMMEDIATE");
    if (numberOf(database, "PRAGMA user_version") === 0) database.exec(SCHEMA);
    database.exec("COMMIT");
    // What the file is stands in the file itself from now on, for who looks at its head.
    database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    const version = numberOf(database, "PRAGMA user_version");
    if (version !== SCHEMA_VERSION) throw new Error(clauseOf(otherVersion(version)));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens one that is there to read. @throws {SmarteyeError} where there is none, or another. */
export function openToRead(path: string): DatabaseSync {
  const refused = (why: string, cause?: unknown) =>
    new SmarteyeError("invalid_argument", `Cannot read "${path}": ${why}`, { cause });
  let size: number;
  try {
    ({ size } = Deno.statSync(path));
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw refused(messageOf(cause), cause);
    throw refused("there is no such file, a database that a sink of kind sqlite wrote is wanted");
  }
  const wrong = size === 0 ? { found: "it is empty", wanted: OURS } : whatIsWrong(path);
  if (wrong) throw refused(clauseOf(wrong));
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    return database;
  } catch (cause) {
    throw refused(messageOf(cause), cause);
  }
}

/** Why a file is no database of ours; `undefined` where it is one, is empty, or is not there. */
export function whatIsWrong(path: string): WrongFile | undefined {
  let head: Uint8Array<ArrayBuffer>;
  try {
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(HEAD_BYTES);
    head = bytes.subarray(0, file.readSync(bytes) ?? 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    return { found: messageOf(error), wanted: OURS };
  }
  if (head.length === 0) return undefined;
  const wanted = `${OURS}, or a new one`;
  if (head.length < HEAD_BYTES || new TextDecoder().decode(head.subarray(0, 16)) !== MAGIC) {
    return { found: "it is no SQLite database", wanted };
  }
  const view = new DataView(head.buffer);
  if (view.getUint32(APPLICATION_ID_AT) !== APPLICATION_ID) {
    return { found: "it is another program's database", wanted };
  }
  const version = view.getUint32(USER_VERSION_AT);
  return version === SCHEMA_VERSION ? undefined : otherVersion(version);
}

function otherVersion(version: number): WrongFile {
  const found = `its tables are of version ${version}`;
  return { found, wanted: `version ${SCHEMA_VERSION} or a new file` };
}

function clauseOf({ found, wanted }: WrongFile): string {
  return `${found}; ${wanted} is wanted`;
}

function numberOf(database: DatabaseSync, pragma: string): number {
  return Number(Object.values(database.prepare(pragma).get() ?? {})[0]);
}
