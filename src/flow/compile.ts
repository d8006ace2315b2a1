import type { FlowDefinition } from "../config/flow-definition.ts";
import type { Newcomer } from "../crm/newcomer.ts";
import { HubError } from "../errors.ts";
import type { Format } from "../format/format.ts";
import { openFormat } from "../format/open.ts";
import { compileMapping } from "../mapping/compile.ts";
import { type Answers, UNKNOWN } from "../mapping/look-up.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { Json } from "../message/json.ts";
import { compileSchema } from "../schema/compile.ts";
import type { Schema } from "../schema/schema.ts";
import { emitsFailure } from "./emits-failure.ts";
import { type KeyOf, keyOf } from "./key.ts";
import { sameDocument } from "./same-document.ts";
import type { Shadow } from "./shadow.ts";
import { type Translated, translator } from "./translate.ts";

/** UTF-16 units. */
const LONGEST_EVENT = 512;

/** A flow whose texts are compiled: a record in, what its routes get out. Pure; touches no store. */
export interface CompiledFlow {
  readonly definition: FlowDefinition;
  /** How raw bytes become a record. Topic flows read JSON. */
  readonly format: Format;
  /** Whether its mapping or a condition may ask the store: only then does `prepare` need answers. */
  readonly asks: boolean;
  /** The ordering key of a record. @throws HubError TL_KEY_MISSING */
  key(value: Json, record: RecordInfo): string | null;
  /** Names the source record within its system: `record:`, else the key. Null when neither gives a name. */
  record(value: Json, record: RecordInfo, key: string | null): string | null;
  /** The event id of a record, or null when the flow has none. */
  event(value: Json, record: RecordInfo): string | null;
  /**
   * accepts → key → version → map → emits → routes.
   * @param answers what look-ups get; without it nothing is known
   * @throws Unanswered when it asks what is not known: come again with the answer; HubError
   */
  prepare(value: Json, record: RecordInfo, answers?: Answers): Prepared;
}

/** What mappings may know of a record beside its content; bound to `$message`. */
export interface RecordInfo {
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly file: string | null;
  /** From 1; null for a message of its own. */
  readonly row: number | null;
  /** The key, when it was computed before. */
  readonly key?: string | null;
}

export interface Prepared extends Translated {
  readonly key: string | null;
  readonly version: string | number | null;
  /** What the mapped customer comes to alone, where whoever mapped it has worked that out; see `crm/newcomer.ts`. */
  readonly newcomer?: Newcomer | null;
}

/**
 * @param shadow who compares the mapping with the reference library; nobody unless given
 * @throws HubError TL_CONFIG_INVALID, TL_MAPPING_INVALID with the place
 */
export function compileFlow(definition: FlowDefinition, shadow: Shadow | null = null): CompiledFlow {
  const options = {
    limits: { deadline: definition.limits.deadline },
    allowFallback: definition.allowFallback,
  };
  const expression = (text: string, field: string): Mapping =>
    compileMapping(text, { path: `${definition.file}#${field}`, ...options });
  const file = (path: string): string => {
    const text = definition.texts[path];
    if (text === undefined) {
      throw new HubError("TL_CONFIG_INVALID", `the flow version lacks the file ${path}`, {
        place: { file: definition.file },
      });
    }
    return text;
  };
  const schema = (path: string | null): Schema | null =>
    path === null ? null : compileSchema(file(path), path, (ref) => definition.texts[ref]);

  const format = openFormat("topic" in definition.source ? { json: {} } : definition.source.format);
  const accepts = schema(definition.accepts);
  const emits = sameDocument(definition.accepts, definition.emits, definition.map)
    ? null
    : schema(definition.emits);
  const failure = emitsFailure(definition);
  const key: KeyOf | null =
    definition.key === null ? null : keyOf(definition.key, expression(definition.key, "key"));
  const version = definition.version === null ? null : expression(definition.version, "version");
  const record: KeyOf | null =
    definition.record === null ? null : keyOf(definition.record, expression(definition.record, "record"));
  const event = definition.event === null ? null : expression(definition.event, "event");
  const { asks, translate } = translator(
    definition,
    file,
    (mapped) => {
      const broken = emits?.validate(mapped) ?? [];
      if (emits !== null && broken.length > 0) throw failure(emits, broken);
    },
    shadow,
  );

  return {
    definition,
    format,
    asks,
    key(value, record) {
      return key === null ? null : key(value, recordBindings(record));
    },
    record(value, info, known) {
      return record === null ? known : record(value, recordBindings(info));
    },
    event(value, record) {
      if (event === null) return null;
      const found = event.evaluate(value, recordBindings(record));
      return eventId(found, definition.file);
    },
    prepare(value, record, answers = NOTHING_KNOWN) {
      const bound = recordBindings(record);
      checkAccepts(accepts, value);
      const known = record.key !== undefined ? record.key : key === null ? null : key(value, bound);
      const at = version === null ? undefined : version.evaluate(value, bound);
      const { mapped, routes, asked } = translate(value, bound, answers);
      const isVersion = typeof at === "string" || typeof at === "number";
      return { key: known, version: isVersion ? at : null, mapped, routes, asked };
    },
  };
}

const NOTHING_KNOWN: Answers = () => UNKNOWN;

/** Event ids are index entries, so they are short; no text is no event. @throws HubError TL_USAGE */
function eventId(found: Json | undefined, file: string): string | null {
  if (typeof found === "number") return String(found);
  if (typeof found !== "string" || found === "") return null;
  if (found.length <= LONGEST_EVENT) return found;
  throw new HubError("TL_USAGE", `the event id is longer than ${LONGEST_EVENT} characters`, {
    place: { file },
  });
}

function checkAccepts(schema: Schema | null, value: Json): void {
  if (schema === null) return;
  const issues = schema.validate(value);
  const first = issues[0];
  if (first === undefined) return;
  throw new HubError("TL_ACCEPTS_FAILED", `the record breaks ${schema.path}: ${first.message}`, {
    place: { ...(first.place?.field === undefined ? {} : { field: first.place.field }) },
    issues,
  });
}

/** What expressions see of a record beside its content. */
export function recordBindings(record: RecordInfo): Readonly<Record<string, Json>> {
  return {
    message: {
      receivedAt: record.receivedAt,
      headers: record.headers ?? {},
      file: record.file,
      row: record.row,
    },
  };
}
