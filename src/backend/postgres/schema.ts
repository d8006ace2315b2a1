import { PARKED_BY_HAND } from "../../message/parked-by-hand.ts";
import { fingerprintOf } from "../rows/fingerprint.ts";
import { LATE_MS } from "../rows/positions.ts";

/**
 * Tables of the store in PostgreSQL. Bodies lie apart from the rows that change, so that a change of state never
 * rewrites a payload; the indexes of open work are partial, so that finished messages cost nothing to later ones.
 * Switches are 0 or 1, times milliseconds since 1970, and `state` is the position in STATES (src/message/outcome.ts):
 * 0 queued 1 waiting 2 held 3 sending 4 parked 5 done.
 *
 * Texts that are compared are ordered by bytes, whatever the database's language. JSON is kept as the text it was
 * written as: `jsonb` would reorder it and refuses U+0000; a failure's code has a column of its own to be found by.
 *
 * `counter` holds the last place, delivery, customer and record number drawn. It is changed in the transaction that
 * uses the numbers, and its row is held until that commits: so a smaller place never appears after a larger one, as it
 * would with a sequence.
 *
 * `worker` has a row for each process that has the store open, with the time until which its lanes are its own, by the
 * server's clock; `mark` the last transaction that each committed, apart from it, since that row is a lock for others.
 * `lane` says who works on what: 0 to 255 are those of messages, 256 is the duty (files and slots). An epoch rises
 * whenever its lane changes hands. `asked` has the flows that a person wants to run, for who has the duty.
 */
export const MESSAGE_SCHEMA = `
CREATE TABLE worker (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, works smallint NOT NULL, duty smallint NOT NULL,
  told bigint NOT NULL DEFAULT 0, pid bigint NOT NULL, host text, began text NOT NULL,
  started timestamptz NOT NULL DEFAULT clock_timestamp(), until timestamptz NOT NULL) WITH (fillfactor = 10);
CREATE TABLE mark (worker bigint PRIMARY KEY, mark text NOT NULL) WITH (fillfactor = 10);
CREATE TABLE lane (lane smallint PRIMARY KEY, owner bigint, epoch bigint NOT NULL DEFAULT 0) WITH (fillfactor = 10);
INSERT INTO lane SELECT generate_series(0, 256);
CREATE TABLE counter (name text COLLATE "C" PRIMARY KEY, last bigint NOT NULL) WITH (fillfactor = 10);
INSERT INTO counter VALUES ('place', 0), ('delivery', 0), ('customer', 0), ('record', 0);

CREATE TABLE flow (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE, version bigint,
  accepting smallint NOT NULL DEFAULT 1, running smallint NOT NULL DEFAULT 1, problem text);
CREATE TABLE flow_version (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, flow bigint NOT NULL, hash text COLLATE "C" NOT NULL,
  texts text NOT NULL, deployed_at bigint NOT NULL, UNIQUE (flow, hash));
CREATE TABLE route (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, flow bigint NOT NULL, target text COLLATE "C" NOT NULL,
  stopped text, UNIQUE (flow, target));

CREATE TABLE message (
  place bigint PRIMARY KEY, flow bigint NOT NULL, version bigint NOT NULL, accepted_at bigint NOT NULL,
  next_at bigint, finished_at bigint, file bigint, file_row bigint, file_line bigint, file_offset bigint,
  file_length bigint, cause bigint, lane smallint NOT NULL, state smallint NOT NULL, attempts integer NOT NULL,
  hops smallint NOT NULL, replay integer NOT NULL, system text COLLATE "C" NOT NULL, key text COLLATE "C",
  event text COLLATE "C", code text COLLATE "C", outcomes text, failure text, plan text, traceparent text);
CREATE INDEX message_queued ON message (flow, place) WHERE state = 0;
CREATE INDEX message_lane ON message (flow, lane, place) WHERE state = 0;
CREATE INDEX message_waiting ON message (next_at) WHERE state = 1;
CREATE INDEX message_open ON message (flow, key, place) WHERE state IN (1, 2, 4);
CREATE INDEX message_flow ON message (flow, place);
CREATE INDEX message_key ON message (key, place) WHERE key IS NOT NULL;
CREATE INDEX message_file ON message (file, file_row) WHERE file IS NOT NULL;
CREATE INDEX message_state ON message (state, flow, place) WHERE state IN (1, 2, 4);
CREATE INDEX message_failed ON message (code, place) WHERE code IS NOT NULL;
CREATE INDEX message_file_failed ON message (file, file_row) WHERE file IS NOT NULL AND failure IS NOT NULL;
CREATE TABLE message_body (place bigint PRIMARY KEY, content_type text, headers text, body bytea NOT NULL);
CREATE TABLE event (
  flow bigint NOT NULL, id text COLLATE "C" NOT NULL, message bigint NOT NULL, hash bytea NOT NULL,
  expires bigint NOT NULL, PRIMARY KEY (flow, id));
CREATE INDEX event_expires ON event (expires);
CREATE TABLE trail (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, message bigint NOT NULL, at bigint NOT NULL, step text NOT NULL,
  detail text);
CREATE INDEX trail_message ON trail (message, id);
CREATE TABLE blocked_key (
  scope bigint NOT NULL, key text COLLATE "C" NOT NULL, by bigint NOT NULL, since bigint NOT NULL,
  PRIMARY KEY (scope, key));

CREATE TABLE delivery (
  id bigint PRIMARY KEY, message bigint NOT NULL, flow bigint NOT NULL, route bigint NOT NULL, next_at bigint,
  created_at bigint NOT NULL, finished_at bigint, file bigint, lane smallint NOT NULL, state smallint NOT NULL,
  replay integer NOT NULL, attempts integer NOT NULL, allow_stale smallint NOT NULL, key text COLLATE "C",
  version text, outcome text COLLATE "C", code text COLLATE "C", failure text, answer text);
CREATE INDEX delivery_queued ON delivery (route, id) WHERE state = 0;
CREATE INDEX delivery_lane ON delivery (route, lane, id) WHERE state = 0;
CREATE INDEX delivery_waiting ON delivery (next_at) WHERE state = 1;
CREATE INDEX delivery_open ON delivery (route, key, id) WHERE state <> 5;
CREATE INDEX delivery_message ON delivery (message);
CREATE INDEX delivery_state ON delivery (state, flow, message) WHERE state <> 5;
CREATE INDEX delivery_failed ON delivery (code, message) WHERE code IS NOT NULL;
CREATE TABLE delivery_body (id bigint PRIMARY KEY, body bytea NOT NULL);
CREATE TABLE attempt (
  delivery bigint NOT NULL, attempt integer NOT NULL, started_at bigint NOT NULL, ended_at bigint, code text,
  answer text, PRIMARY KEY (delivery, attempt, started_at));
CREATE TABLE route_key (
  route bigint NOT NULL, key text COLLATE "C" NOT NULL, message bigint NOT NULL, version text,
  PRIMARY KEY (route, key));

CREATE TABLE file (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, flow bigint NOT NULL, version bigint NOT NULL,
  name text NOT NULL, size bigint NOT NULL, modified double precision NOT NULL, sha256 text COLLATE "C" NOT NULL,
  archive text NOT NULL, text text NOT NULL, state text COLLATE "C" NOT NULL, file_rows bigint NOT NULL DEFAULT 0,
  "offset" bigint NOT NULL DEFAULT 0, text_size bigint NOT NULL, context text, books text NOT NULL DEFAULT '{}',
  failure text, duplicate_of bigint, started_at bigint NOT NULL, finished_at bigint,
  settled smallint NOT NULL DEFAULT 0, reported smallint NOT NULL DEFAULT 0, approved smallint NOT NULL DEFAULT 0,
  urgent smallint NOT NULL DEFAULT 0) WITH (fillfactor = 50);
CREATE INDEX file_hash ON file (flow, sha256);
CREATE INDEX file_flow ON file (flow, id);
CREATE INDEX file_unfinished ON file (id) WHERE state = 'running' OR settled = 0 OR reported = 0;

CREATE TABLE slot (
  flow bigint NOT NULL, at bigint NOT NULL, state text COLLATE "C" NOT NULL, started_at bigint NOT NULL,
  finished_at bigint, detail text, PRIMARY KEY (flow, at));
CREATE TABLE asked (flow bigint PRIMARY KEY);
CREATE TABLE tally (
  flow bigint NOT NULL, minute bigint NOT NULL, route bigint NOT NULL, outcome text COLLATE "C" NOT NULL,
  n bigint NOT NULL, PRIMARY KEY (flow, minute, route, outcome)) WITH (fillfactor = 50);
CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at bigint NOT NULL, actor text NOT NULL, act text NOT NULL,
  target text NOT NULL, detail text, reason text);
`;

/** Who may use the hub, and a seal for each entry of the audit log (src/store/audit-chain.ts). */
export const ACCESS_SCHEMA = `
CREATE TABLE hub_user (
  name text COLLATE "C" PRIMARY KEY, hash text, subject text COLLATE "C" UNIQUE, role text NOT NULL,
  payloads smallint NOT NULL, disabled smallint NOT NULL, failures integer NOT NULL, locked_until bigint,
  created_at bigint NOT NULL, signed_in_at bigint);
CREATE TABLE api_key (
  id text COLLATE "C" PRIMARY KEY, name text NOT NULL, hash text NOT NULL, role text NOT NULL,
  payloads smallint NOT NULL, created_at bigint NOT NULL, used_at bigint, revoked_at bigint);
CREATE TABLE session (hash text COLLATE "C" PRIMARY KEY, name text COLLATE "C" NOT NULL, until bigint NOT NULL);
CREATE INDEX session_name ON session (name);
ALTER TABLE audit ADD COLUMN hash text COLLATE "C";
INSERT INTO counter VALUES ('audit', 0);
`;

/** How far sources have been read that the hub asks or listens to. */
export const CURSOR_SCHEMA = `
CREATE TABLE source_cursor (
  flow bigint NOT NULL, source text COLLATE "C" NOT NULL, value text COLLATE "C" NOT NULL, more smallint NOT NULL,
  moved_at bigint NOT NULL, PRIMARY KEY (flow, source)) WITH (fillfactor = 50);
`;

/** What rules found wrong. Those that are open, or not told to their end, are few. */
export const ALERT_SCHEMA = `
CREATE TABLE alert (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, rule text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT NULL,
  detail text NOT NULL, since bigint NOT NULL, fired_at bigint NOT NULL, resolved_at bigint, acknowledged_by text,
  acknowledged_at bigint, muted_until bigint, told text COLLATE "C" NOT NULL);
CREATE INDEX alert_open ON alert (id) WHERE resolved_at IS NULL;
CREATE INDEX alert_pending ON alert (id) WHERE resolved_at IS NULL OR told <> 'resolved';
CREATE INDEX alert_subject ON alert (rule, subject, muted_until) WHERE muted_until IS NOT NULL;
`;

/** Deliveries that are sent as one file, and which they are. */
export const BUNDLE_SCHEMA = `
CREATE TABLE bundle (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, flow bigint NOT NULL, route bigint NOT NULL,
  slot bigint NOT NULL, part integer NOT NULL, closes smallint NOT NULL, state text COLLATE "C" NOT NULL,
  deliveries bigint NOT NULL DEFAULT 0, sequence bigint NOT NULL DEFAULT 0, failure text, answer text,
  started_at bigint NOT NULL, finished_at bigint, UNIQUE (route, slot, part));
CREATE UNIQUE INDEX bundle_closes ON bundle (route, slot) WHERE closes = 1;
CREATE INDEX bundle_route ON bundle (route, id);
CREATE INDEX bundle_flow ON bundle (flow, id);
CREATE TABLE bundle_row (
  bundle bigint NOT NULL, message bigint NOT NULL, delivery bigint NOT NULL,
  PRIMARY KEY (bundle, message, delivery));
`;

/**
 * Ends other than `applied`, by which few messages are found among many, and the books of days that are over. A
 * message that was applied on all its routes, as most are, is in no index of ends. An entry of an index has an end:
 * of very many routes the first are indexed.
 */
export const ENDED = `strpos(replace(outcomes, ':"applied"', ''), ':"') > 0`;
/** Characters of the outcomes that are indexed. */
export const KIND_LENGTH = 500;
export const KIND = `left(outcomes, ${KIND_LENGTH})`;
export const HISTORY_SCHEMA = `
CREATE INDEX message_ended ON message (flow, ${KIND}, place) WHERE ${ENDED};
CREATE INDEX delivery_ended ON delivery (outcome, flow, message) WHERE outcome <> 'applied';
CREATE TABLE tally_day (
  flow bigint NOT NULL, day bigint NOT NULL, route bigint NOT NULL, outcome text COLLATE "C" NOT NULL,
  n bigint NOT NULL, PRIMARY KEY (flow, day, route, outcome));
`;

/** How much was forgotten of each kind, the highest number among it, and when; and when a sweep for it ended. */
export const RETENTION_SCHEMA = `
CREATE TABLE forgotten (
  kind text COLLATE "C" PRIMARY KEY, n bigint NOT NULL, last bigint NOT NULL, at bigint NOT NULL) WITH (fillfactor = 50);
`;

/**
 * What fails, by cause (rows/fingerprint.ts): all that a group of errors tells is in an index, and none but what fails
 * is in it. The fingerprint stands as long as the failure does.
 */
export const FAILING_SCHEMA = `
ALTER TABLE message ADD COLUMN fingerprint text COLLATE "C";
ALTER TABLE delivery ADD COLUMN fingerprint text COLLATE "C";
CREATE INDEX message_failing ON message (flow, fingerprint, place, accepted_at, key) WHERE fingerprint IS NOT NULL;
CREATE INDEX delivery_failing ON delivery (route, fingerprint, message, created_at, key) WHERE fingerprint IS NOT NULL;
`;

/**
 * What was sent in an attempt and what came back (src/message/exchange.ts), and what the delivery's body was then, once a
 * replay has given it another.
 */
export const EXCHANGE_SCHEMA = `
ALTER TABLE attempt ADD COLUMN exchange text, ADD COLUMN body bytea;
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
  flow bigint NOT NULL, route bigint NOT NULL, fingerprint text COLLATE "C" NOT NULL, until bigint, version bigint,
  by text NOT NULL, at bigint NOT NULL, PRIMARY KEY (flow, route, fingerprint));
`;

/** An event id goes with its message, so nobody looks for those whose time has come. */
export const EVENT_SCHEMA = `
DROP INDEX IF EXISTS event_expires;
`;

/** What a person parked under an older program, which stood there for no reason. */
export const BY_HAND_SCHEMA = `
UPDATE message SET failure = '${JSON.stringify(PARKED_BY_HAND)}', code = '${PARKED_BY_HAND.code}',
  fingerprint = '${fingerprintOf({ state: "parked", failure: PARKED_BY_HAND })}'
WHERE state = 4 AND state IN (1, 2, 4) AND failure IS NULL;
`;
