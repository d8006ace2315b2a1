/**
 * Customers are indexed by name in blocks of 2^13 ids. Names come in no order, so with one index for all a load would
 * write a page for nearly every customer; a block's part is so small (about 70 pages) that those that are indexed
 * together share its pages. Smaller blocks would save little more, and a search asks every block.
 */
export const NAME_BLOCK = 13;

/**
 * Tables of the customer repository. A source record is one row whatever the number of its fields: a row per field
 * was measured to cost five times as much. `entity` is the position in ENTITIES (src/crm/apply.ts):
 * 0 customer 1 interaction 2 invoice 3 order 4 payment. Contact kinds: 0 phone 1 email.
 * The long column comes last, so that reading the others never walks through it.
 */
export const CRM_SCHEMA = `
CREATE TABLE customer (
  id INTEGER PRIMARY KEY, name TEXT, folded TEXT, status TEXT, revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, alive INTEGER NOT NULL, merged_into INTEGER);
CREATE INDEX customer_folded ON customer (id >> ${NAME_BLOCK}, folded) WHERE alive = 1;

CREATE TABLE source_record (
  id INTEGER PRIMARY KEY, entity INTEGER NOT NULL, system TEXT NOT NULL, external_id TEXT NOT NULL, customer INTEGER,
  version, hash TEXT, deleted INTEGER NOT NULL, born INTEGER, holder INTEGER, phone TEXT, email TEXT,
  happened_at INTEGER, message INTEGER, file INTEGER, file_row INTEGER, flow_version INTEGER NOT NULL,
  at INTEGER NOT NULL, applied INTEGER NOT NULL DEFAULT 1, changed TEXT, body TEXT NOT NULL);
CREATE UNIQUE INDEX source_record_key ON source_record (entity, system, external_id);
CREATE INDEX source_record_customer ON source_record (customer) WHERE entity = 0;
CREATE INDEX source_record_history ON source_record (customer, happened_at, id) WHERE entity <> 0;
CREATE INDEX source_record_holder ON source_record (holder) WHERE holder IS NOT NULL;
CREATE INDEX source_record_phone ON source_record (phone, happened_at, id) WHERE customer IS NULL AND phone IS NOT NULL;
CREATE INDEX source_record_email ON source_record (email, happened_at, id) WHERE customer IS NULL AND email IS NOT NULL;

CREATE TABLE contact_point (
  kind INTEGER NOT NULL, value TEXT NOT NULL, customer INTEGER NOT NULL,
  PRIMARY KEY (kind, value, customer)) WITHOUT ROWID;
CREATE TABLE customer_link (
  system TEXT NOT NULL, external_id TEXT NOT NULL, record INTEGER NOT NULL,
  PRIMARY KEY (system, external_id, record)) WITHOUT ROWID;
`;

/**
 * The index of names is a table, since SQLite would add to an index with every commit: a stretch of new customers is added
 * at once (customer-names.ts). Of who is in it the table changes with the row.
 */
export const NAMES_SCHEMA = `
CREATE TABLE customer_name (
  block INTEGER NOT NULL, folded TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (block, folded, id)) WITHOUT ROWID;
INSERT INTO customer_name SELECT id >> ${NAME_BLOCK}, folded, id FROM customer WHERE alive = 1 AND folded IS NOT NULL;
INSERT INTO meta SELECT 'named', CAST(coalesce(max(id), 0) AS TEXT) FROM customer;
DROP INDEX customer_folded;
CREATE TRIGGER customer_renamed AFTER UPDATE OF folded, alive ON customer
WHEN (OLD.folded IS NOT NEW.folded OR OLD.alive <> NEW.alive)
  AND NEW.id <= (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'named')
BEGIN
  DELETE FROM customer_name WHERE block = OLD.id >> ${NAME_BLOCK} AND folded = OLD.folded AND id = OLD.id;
  INSERT INTO customer_name SELECT NEW.id >> ${NAME_BLOCK}, NEW.folded, NEW.id
    WHERE NEW.alive = 1 AND NEW.folded IS NOT NULL;
END;
`;
