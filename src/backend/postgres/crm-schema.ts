/**
 * Tables of the customer repository. `entity` is the position in ENTITIES (src/message/entity.ts): 0 customer
 * 1 interaction 2 invoice 3 order 4 payment; contact kinds: 0 phone 1 email. A version is JSON text, since 12 and "12" differ.
 */
export const CRM_SCHEMA = `
CREATE TABLE customer (
  id bigint PRIMARY KEY, revision bigint NOT NULL, created_at bigint NOT NULL, updated_at bigint NOT NULL,
  merged_into bigint, alive smallint NOT NULL, name text, folded text COLLATE "C", status text);
CREATE INDEX customer_folded ON customer (folded, id) WHERE alive = 1;

CREATE TABLE source_record (
  id bigint PRIMARY KEY, customer bigint, born bigint, holder bigint, happened_at bigint, message bigint, file bigint,
  file_row bigint, flow_version bigint NOT NULL, at bigint NOT NULL, applied bigint NOT NULL DEFAULT 1,
  entity smallint NOT NULL, deleted smallint NOT NULL, system text COLLATE "C" NOT NULL,
  external_id text COLLATE "C" NOT NULL, version text, hash text, phone text COLLATE "C", email text COLLATE "C",
  changed text, body text NOT NULL);
CREATE UNIQUE INDEX source_record_key ON source_record (entity, system, external_id);
CREATE INDEX source_record_customer ON source_record (customer) WHERE entity = 0;
CREATE INDEX source_record_history ON source_record (customer, happened_at, id) WHERE entity <> 0;
CREATE INDEX source_record_holder ON source_record (holder) WHERE holder IS NOT NULL;
CREATE INDEX source_record_phone ON source_record (phone, happened_at, id)
  WHERE customer IS NULL AND phone IS NOT NULL;
CREATE INDEX source_record_email ON source_record (email, happened_at, id)
  WHERE customer IS NULL AND email IS NOT NULL;

CREATE TABLE contact_point (
  kind smallint NOT NULL, value text COLLATE "C" NOT NULL, customer bigint NOT NULL,
  PRIMARY KEY (kind, value, customer));
CREATE TABLE customer_link (
  system text COLLATE "C" NOT NULL, external_id text COLLATE "C" NOT NULL, record bigint NOT NULL,
  PRIMARY KEY (system, external_id, record));
`;

/**
 * Customers and their records change for years. With room left on its page a changed row stays there, and none of the
 * indexes is written (https://www.postgresql.org/docs/current/storage-hot.html); without, less than half did.
 */
export const CRM_ROOM_SCHEMA = `
ALTER TABLE customer SET (fillfactor = 85);
ALTER TABLE source_record SET (fillfactor = 85);
`;
