/** The tables of a results database, as docs/sqlite.md tells them. */

/** `PRAGMA application_id` of such a file, "SMEY": tells it from other programs' databases. */
export const APPLICATION_ID = 0x534d4559;

/** `PRAGMA user_version`: another one has other tables, and is not written to. */
export const SCHEMA_VERSION = 1;

/** Makes the tables. Times that end in `_ms` are milliseconds since the Unix epoch, boxes in pixels. */
export const SCHEMA = `
CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES sources (id),
  input TEXT NOT NULL,
  directory TEXT NOT NULL,
  policy TEXT NOT NULL,
  seed INTEGER NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  summary TEXT
);
CREATE TABLE frames (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  frame INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  pts_ms REAL NOT NULL,
  file TEXT,
  outcome TEXT NOT NULL,
  detail TEXT,
  fallback INTEGER NOT NULL,
  model TEXT,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  shows TEXT,
  inferred INTEGER NOT NULL,
  age_ms REAL,
  policy TEXT,
  reason TEXT,
  sent_height INTEGER,
  sent_quality INTEGER,
  shadow TEXT,
  latency_ms REAL NOT NULL,
  bytes_up INTEGER NOT NULL,
  bytes_down INTEGER NOT NULL,
  server TEXT,
  UNIQUE (run_id, frame)
);
CREATE INDEX frames_at ON frames (at_ms);
CREATE TABLE detections (
  frame_id INTEGER NOT NULL REFERENCES frames (id),
  place INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  label TEXT NOT NULL,
  class_id INTEGER NOT NULL,
  score REAL NOT NULL,
  x1 REAL NOT NULL, y1 REAL NOT NULL, x2 REAL NOT NULL, y2 REAL NOT NULL,
  track_id INTEGER,
  zones TEXT,
  mask TEXT,
  PRIMARY KEY (frame_id, place)
) WITHOUT ROWID;
CREATE INDEX detections_at ON detections (at_ms);
CREATE INDEX detections_label ON detections (label, at_ms);
CREATE TABLE classifications (
  frame_id INTEGER NOT NULL REFERENCES frames (id),
  place INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  label TEXT NOT NULL,
  class_id INTEGER NOT NULL,
  score REAL NOT NULL,
  PRIMARY KEY (frame_id, place)
) WITHOUT ROWID;
CREATE INDEX classifications_label ON classifications (label, at_ms);
CREATE TABLE tracks (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  track_id INTEGER NOT NULL,
  label TEXT NOT NULL,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  first_frame INTEGER NOT NULL,
  last_frame INTEGER NOT NULL,
  frames INTEGER NOT NULL,
  PRIMARY KEY (run_id, track_id)
) WITHOUT ROWID;
CREATE INDEX tracks_label ON tracks (label, first_ms);
CREATE TABLE events (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  id TEXT NOT NULL,
  track_id INTEGER NOT NULL,
  label TEXT NOT NULL,
  labels TEXT NOT NULL,
  state TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  ended_ms INTEGER,
  duration_s REAL,
  reason TEXT,
  x1 REAL NOT NULL, y1 REAL NOT NULL, x2 REAL NOT NULL, y2 REAL NOT NULL,
  zones TEXT NOT NULL,
  best_frame INTEGER NOT NULL,
  best_ms INTEGER NOT NULL,
  best_score REAL NOT NULL,
  best_x1 REAL NOT NULL, best_y1 REAL NOT NULL, best_x2 REAL NOT NULL, best_y2 REAL NOT NULL,
  snapshot TEXT,
  frames_local INTEGER,
  frames_cloud INTEGER,
  frames_carried INTEGER,
  seen TEXT,
  path TEXT,
  PRIMARY KEY (run_id, id)
) WITHOUT ROWID;
CREATE INDEX events_started ON events (started_ms);
CREATE INDEX events_label ON events (label, started_ms);
CREATE TABLE stays (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  event_id TEXT,
  track_id INTEGER NOT NULL,
  label TEXT NOT NULL,
  zone TEXT NOT NULL,
  entered_ms INTEGER NOT NULL,
  loitered_ms INTEGER,
  left_ms INTEGER,
  seconds REAL NOT NULL,
  ended INTEGER NOT NULL
);
CREATE INDEX stays_zone ON stays (zone, entered_ms);
CREATE INDEX stays_event ON stays (run_id, event_id);
CREATE TABLE crossings (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  event_id TEXT,
  track_id INTEGER NOT NULL,
  label TEXT NOT NULL,
  line TEXT NOT NULL,
  direction TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  frame INTEGER NOT NULL
);
CREATE INDEX crossings_line ON crossings (line, at_ms);
CREATE INDEX crossings_event ON crossings (run_id, event_id);
CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  event TEXT NOT NULL,
  event_id TEXT,
  at_ms INTEGER NOT NULL,
  frame INTEGER NOT NULL,
  note TEXT NOT NULL
);
CREATE INDEX notes_run ON notes (run_id, frame);
CREATE INDEX notes_at ON notes (at_ms);
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;
