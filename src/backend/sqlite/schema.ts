import { PARKED_BY_HAND } from "../../message/parked-by-hand.ts";
import { fingerprintOf } from "../rows/fingerprint.ts";
import { LATE_MS } from "../rows/positions.ts";

/**
 * Tables of the embedded store. Bodies lie apart from the rows that change, so that a change of state never rewrites
 * a payload; the indexes of open work are partial, so that finished messages cost nothing to later ones.
 *
 * `state` is the position in STATES (src/message/outcome.ts): 0 queued 1 waiting 2 held 3 sending 4 parked 5 done.
 */
export const MESSAGE_SCHEMA = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE flow (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, version INTEGER,
  accepting INTEGER NOT NULL DEFAULT 1, running INTEGER NOT NULL DEFAULT 1, problem TEXT);
CREATE TABLE flow_version (
  id INTEGER PRIMARY KEY, flow INTEGER NOT NULL, hash TEXT NOT NULL, texts TEXT NOT NULL,
  deployed_at INTEGER NOT NULL, UNIQUE (flow, hash));
CREATE TABLE route (
  id INTEGER PRIMARY KEY, flow INTEGER NOT NULL, target TEXT NOT NULL, stopped TEXT, UNIQUE (flow, target));

CREATE TABLE message (
  place INTEGER PRIMARY KEY, flow INTEGER NOT NULL, version INTEGER NOT NULL, lane INTEGER NOT NULL, key TEXT,
  state INTEGER NOT NULL, system TEXT NOT NULL, accepted_at INTEGER NOT NULL, attempts INTEGER NOT NULL,
  next_at INTEGER, finished_at INTEGER, outcomes TEXT, failure TEXT, event TEXT,
  file INTEGER, file_row INTEGER, file_line INTEGER, file_offset INTEGER, file_length INTEGER,
  cause INTEGER, hops INTEGER NOT NULL, replay INTEGER NOT NULL, plan TEXT, traceparent TEXT);
CREATE INDEX message_queued ON message (flow, place) WHERE state = 0;
CREATE INDEX message_waiting ON message (next_at) WHERE state = 1;
CREATE INDEX message_open ON message (flow, key, place) WHERE state IN (1, 2, 4);
CREATE INDEX message_flow ON message (flow, place);
CREATE INDEX message_key ON message (key, place);
CREATE INDEX message_file ON message (file, file_row) WHERE file IS NOT NULL;
CREATE INDEX message_state ON message (state, flow, place) WHERE state IN (1, 2, 4);
CREATE INDEX message_failed ON message (failure ->> 'code', place) WHERE failure IS NOT NULL;
CREATE INDEX message_file_failed ON message (file, file_row) WHERE failure IS NOT NULL;
CREATE TABLE message_body (place INTEGER PRIMARY KEY, content_type TEXT, headers TEXT, body BLOB);
CREATE TABLE event (
  flow INTEGER NOT NULL, id TEXT NOT NULL, message INTEGER NOT NULL, hash BLOB NOT NULL, expires INTEGER NOT NULL,
  PRIMARY KEY (flow, id)) WITHOUT ROWID;
CREATE INDEX event_expires ON event (expires);
CREATE TABLE trail (id INTEGER PRIMARY KEY, message INTEGER NOT NULL, at INTEGER NOT NULL, step TEXT NOT NULL, detail TEXT);
CREATE INDEX trail_message ON trail (message, id);
CREATE TABLE blocked_key (
  scope INTEGER NOT NULL, key TEXT NOT NULL, by INTEGER NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (scope, key)) WITHOUT ROWID;

CREATE TABLE delivery (
  id INTEGER PRIMARY KEY, message INTEGER NOT NULL, flow INTEGER NOT NULL, route INTEGER NOT NULL,
  lane INTEGER NOT NULL, key TEXT, state INTEGER NOT NULL, version, replay INTEGER NOT NULL,
  allow_stale INTEGER NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER, created_at INTEGER NOT NULL,
  finished_at INTEGER, outcome TEXT, failure TEXT, answer TEXT, file INTEGER);
CREATE INDEX delivery_queued ON delivery (route, id) WHERE state = 0;
CREATE INDEX delivery_waiting ON delivery (next_at) WHERE state = 1;
CREATE INDEX delivery_open ON delivery (route, key, id) WHERE state <> 5;
CREATE INDEX delivery_message ON delivery (message);
CREATE INDEX delivery_state ON delivery (state, flow, message) WHERE state <> 5;
CREATE INDEX delivery_failed ON delivery (failure ->> 'code', message) WHERE failure IS NOT NULL;
CREATE TABLE delivery_body (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE attempt (
  delivery INTEGER NOT NULL, attempt INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER,
  code TEXT, answer TEXT, PRIMARY KEY (delivery, attempt, started_at)) WITHOUT ROWID;
CREATE TABLE route_key (
  route INTEGER NOT NULL, key TEXT NOT NULL, message INTEGER NOT NULL, version,
  PRIMARY KEY (route, key)) WITHOUT ROWID;

CREATE TABLE file (
  id INTEGER PRIMARY KEY, flow INTEGER NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL,
  modified INTEGER NOT NULL,  sha256 TEXT NOT NULL, archive TEXT NOT NULL, text TEXT NOT NULL, state TEXT NOT NULL, file_rows INTEGER NOT NULL DEFAULT 0,
  offset INTEGER NOT NULL DEFAULT 0, text_size INTEGER NOT NULL, context TEXT, books TEXT NOT NULL DEFAULT '{}',
  failure TEXT, duplicate_of INTEGER, started_at INTEGER NOT NULL, finished_at INTEGER,
  settled INTEGER NOT NULL DEFAULT 0, reported INTEGER NOT NULL DEFAULT 0, approved INTEGER NOT NULL DEFAULT 0,
  urgent INTEGER NOT NULL DEFAULT 0);
CREATE INDEX file_hash ON file (flow, sha256);
CREATE INDEX file_flow ON file (flow, id);
CREATE INDEX file_unfinished ON file (id) WHERE state = 'running' OR settled = 0 OR reported = 0;

CREATE TABLE slot (
  flow INTEGER NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, started_at INTEGER NOT NULL, finished_at INTEGER,
  detail TEXT, PRIMARY KEY (flow, at)) WITHOUT ROWID;
CREATE TABLE tally (
  minute INTEGER NOT NULL, flow INTEGER NOT NULL, route INTEGER NOT NULL, outcome TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (flow, minute, route, outcome)) WITHOUT ROWID;
CREATE TABLE audit (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, act TEXT NOT NULL, target TEXT NOT NULL,
  detail TEXT, reason TEXT);
`;

/** Who may use the hub, and a seal for each entry of the audit log (src/store/audit-chain.ts). */
export const ACCESS_SCHEMA = `
CREATE TABLE hub_user (
  name TEXT PRIMARY KEY, hash TEXT, subject TEXT UNIQUE, role TEXT NOT NULL, payloads INTEGER NOT NULL,
  disabled INTEGER NOT NULL, failures INTEGER NOT NULL, locked_until INTEGER, created_at INTEGER NOT NULL,
  signed_in_at INTEGER) WITHOUT ROWID;
CREATE TABLE api_key (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, role TEXT NOT NULL, payloads INTEGER NOT NULL,
  created_at INTEGER NOT NULL, used_at INTEGER, revoked_at INTEGER) WITHOUT ROWID;
CREATE TABLE session (hash TEXT PRIMARY KEY, name TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX session_name ON session (name);
ALTER TABLE audit ADD COLUMN hash TEXT;
`;

/** How far sources have been read that the hub asks or listens to. */
export const CURSOR_SCHEMA = `
CREATE TABLE source_cursor (
  flow INTEGER NOT NULL, source TEXT NOT NULL, value TEXT NOT NULL, more INTEGER NOT NULL, moved_at INTEGER NOT NULL,
  PRIMARY KEY (flow, source)) WITHOUT ROWID;
`;

/** What rules found wrong. Those that are open, or not told to their end, are few. */
export const ALERT_SCHEMA = `
CREATE TABLE alert (
  id INTEGER PRIMARY KEY, rule TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, since INTEGER NOT NULL,
  fired_at INTEGER NOT NULL, resolved_at INTEGER, acknowledged_by TEXT, acknowledged_at INTEGER, muted_until INTEGER,
  told TEXT NOT NULL);
CREATE INDEX alert_open ON alert (id) WHERE resolved_at IS NULL;
CREATE INDEX alert_pending ON alert (id) WHERE resolved_at IS NULL OR told <> 'resolved';
CREATE INDEX alert_subject ON alert (rule, subject, muted_until) WHERE muted_until IS NOT NULL;
`;

/** Deliveries that are sent as one file, and which they are. */
export const BUNDLE_SCHEMA = `
CREATE TABLE bundle (
  id INTEGER PRIMARY KEY, flow INTEGER NOT NULL, route INTEGER NOT NULL, slot INTEGER NOT NULL, part INTEGER NOT NULL,
  closes INTEGER NOT NULL, state TEXT NOT NULL, deliveries INTEGER NOT NULL DEFAULT 0,
  sequence INTEGER NOT NULL DEFAULT 0, failure TEXT, answer TEXT, started_at INTEGER NOT NULL, finished_at INTEGER,
  UNIQUE (route, slot, part));
CREATE UNIQUE INDEX bundle_closes ON bundle (route, slot) WHERE closes = 1;
CREATE INDEX bundle_route ON bundle (route, id);
CREATE INDEX bundle_flow ON bundle (flow, id);
CREATE TABLE bundle_row (
  bundle INTEGER NOT NULL, message INTEGER NOT NULL, delivery INTEGER NOT NULL,
  PRIMARY KEY (bundle, message, delivery)) WITHOUT ROWID;
`;

/**
 * Ends other than `applied`, by which few messages are found among many, and the books of days that are over. A
 * message that was applied on all its routes, as most are, is in no index of ends.
 */
export const ENDED = `instr(replace(outcomes, ':"applied"', ''), ':"') > 0`;
export const HISTORY_SCHEMA = `
CREATE INDEX message_ended ON message (flow, outcomes, place) WHERE ${ENDED};
CREATE INDEX delivery_ended ON delivery (outcome, flow, message) WHERE outcome <> 'applied';
CREATE TABLE tally_day (
  day INTEGER NOT NULL, flow INTEGER NOT NULL, route INTEGER NOT NULL, outcome TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (flow, day, route, outcome)) WITHOUT ROWID;
`;

/** How much was forgotten of each kind, the highest number among it, and when; and when a sweep for it ended. */
export const RETENTION_SCHEMA = `
CREATE TABLE forgotten (
  kind TEXT PRIMARY KEY, n INTEGER NOT NULL, last INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
`;

/**
 * What fails, by cause (rows/fingerprint.ts): all that a group of errors tells is in an index, and none but what fails
 * is in it. The fingerprint stands as long as the failure does.
 */
export const FAILING_SCHEMA = `
ALTER TABLE message ADD COLUMN fingerprint TEXT;
ALTER TABLE delivery ADD COLUMN fingerprint TEXT;
CREATE INDEX message_failing ON message (flow, fingerprint, place, accepted_at, key) WHERE fingerprint IS NOT NULL;
CREATE INDEX delivery_failing ON delivery (route, fingerprint, message, created_at, key) WHERE fingerprint IS NOT NULL;
`;

/**
 * What was sent in an attempt and what came back (src/message/exchange.ts), and what the delivery's body was then, once a
 * replay has given it another.
 */
export const EXCHANGE_SCHEMA = `
ALTER TABLE attempt ADD COLUMN exchange TEXT;
ALTER TABLE attempt ADD COLUMN body BLOB;
`;

/**
 * What ended long after it was made (rows/positions.ts), which is little beside what ended at once: so all that ended
 * since a time is found by place. And files by when they began.
 */
export const LATE = `state = 5 AND finished_at - accepted_at > ${LATE_MS}`;
export const LATE_DELIVERY = `state = 5 AND finished_at - created_at > ${LATE_MS}`;
export const LATE_SCHEMA = `
CREATE INDEX message_late ON message (flow, place) WHERE ${LATE};
CREATE INDEX delivery_late ON delivery (flow, message) WHERE ${LATE_DELIVERY};
CREATE INDEX file_started ON file (started_at);
`;

/**
 * Causes of failures that somebody knows of (store/mute-table.ts): until a time, or, without one, while the version of
 * the flow is in force that was then. Route 0: of the flow's messages.
 */
export const MUTE_SCHEMA = `
CREATE TABLE muted_cause (
  flow INTEGER NOT NULL, route INTEGER NOT NULL, fingerprint TEXT NOT NULL, until INTEGER, version INTEGER,
  by TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (flow, route, fingerprint)) WITHOUT ROWID;
`;

/** An event id goes with its message, so nobody looks for those whose time has come. */
export const EVENT_SCHEMA = `
DROP INDEX IF EXISTS event_expires;
`;

/** What a person parked under an older program, which stood there for no reason. */
export const BY_HAND_SCHEMA = `
UPDATE message SET failure = '${JSON.stringify(PARKED_BY_HAND)}',
  fingerprint = '${fingerprintOf({ state: "parked", failure: PARKED_BY_HAND })}'
WHERE state = 4 AND state IN (1, 2, 4) AND failure IS NULL;
`;
