import { HubError, isObject, type Json, type JsonObject } from "tieline/connector";
import { EXTERNAL_ID } from "./external-ids.ts";
import type { RecordName } from "./own-values.ts";
import type { UpsertOptions } from "./settings.ts";

/** What is to be written of one record. */
export interface Message {
  /** By what it names its record: `id`, a name that the hub gives, or `.id`, Odoo's own number. */
  readonly by: "id" | ".id";
  readonly name: RecordName;
  readonly isDeletion: boolean;
  readonly row: JsonObject;
  /** Its lines, each with an `id` of its own; null: they are left as they are. */
  readonly lines: readonly JsonObject[] | null;
}

/** @throws HubError TL_TARGET_REFUSED when it lacks its id, or has a field that no column is named for */
export function messageOf(body: Json, { fields, lines }: UpsertOptions): Message {
  if (!isObject(body))
    throw new HubError("TL_TARGET_REFUSED", "the message is not an object, so it is no record");
  const by = Object.hasOwn(body, ".id") ? ".id" : "id";
  const named = body[by];
  const isNamed = by === "id" ? isName(named) : Number.isSafeInteger(Number(named ?? "none"));
  if (!isNamed) {
    throw new HubError("TL_TARGET_REFUSED", `the message has no ${by} that names a record`, {
      place: { field: by },
      cure: "Give `id`, a name of letters, digits, dash and underscore, or `.id`, the number of a record in Odoo.",
    });
  }
  const field = lines?.field ?? "";
  refuseOthers(body, [by, "op", ...fields, ...(lines === undefined ? [] : [field])], (name) => name);
  return {
    by,
    name: by === "id" ? String(named) : Number(named),
    isDeletion: body["op"] === "delete",
    row: body,
    lines:
      lines === undefined || !Object.hasOwn(body, field) ? null : linesOf(body[field], field, lines.fields),
  };
}

/** @throws HubError TL_TARGET_REFUSED with the place of the line */
function linesOf(list: Json | undefined, field: string, fields: readonly string[]): readonly JsonObject[] {
  if (list === null) return [];
  if (!Array.isArray(list))
    throw new HubError("TL_TARGET_REFUSED", "the lines are no list", { place: { field } });
  const seen = new Set<string>();
  return list.map((line, index) => {
    const place = `/${field}/${index}`;
    if (!isObject(line))
      throw new HubError("TL_TARGET_REFUSED", "a line is not an object", { place: { field: place } });
    const { id } = line;
    if (!isName(id) || seen.has(id)) {
      const what = isName(id) ? "two lines have the same id" : "a line has no id that names it";
      throw new HubError("TL_TARGET_REFUSED", what, {
        place: { field: `${place}/id` },
        cure: "Give each line an `id` that stays the same: its number in the order, of letters, digits, dash and underscore.",
      });
    }
    seen.add(id);
    refuseOthers(line, ["id", ...fields], (name) => `${place}/${name}`);
    return line;
  });
}

function isName(id: Json | undefined): id is string {
  return typeof id === "string" && EXTERNAL_ID.test(id);
}

function refuseOthers(row: JsonObject, allowed: readonly string[], placeOf: (name: string) => string): void {
  const other = Object.keys(row).find((name) => !allowed.includes(name));
  if (other === undefined) return;
  throw new HubError("TL_TARGET_REFUSED", "the message has a field for which no column is named", {
    place: { field: placeOf(other) },
    cure: "Leave it out in the mapping, or name it in `fields` of the sink.",
  });
}
