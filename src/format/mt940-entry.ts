import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { bookingDate, decimalText, type Field, fieldsOf, isoDate, signed } from "./mt940-field.ts";
import { subfieldsOf } from "./mt940-information.ts";
import type { Statement } from "./mt940-statement.ts";

/** Value date, booking date, mark, funds code, amount, type, references. */
const ENTRY = /^(\d{6})(\d{4})?\s*(R?[CD]|E[CD])([A-Z])?(\d+,\d*)(?:([NFS].{3})(.*))?$/;

/**
 * One entry of a statement, `:61:` with its `:86:`, as a mapping gets it. Amounts are decimal text, negative where the
 * account was charged; a mark of reversal turns that around.
 * @throws HubError TL_DECODE_FAILED
 */
export function parseEntry(text: string, statement: Statement): Json {
  const fields = fieldsOf(text);
  const entry = fields[0];
  const found = entry?.tag === "61" ? ENTRY.exec(entry.lines[0]?.trimEnd() ?? "") : null;
  const amount = decimalText(found?.[5] ?? "");
  if (entry === undefined || found === null || amount === undefined) {
    throw new HubError("TL_DECODE_FAILED", "the entry (:61:) cannot be read", {
      place: { line: 1, column: 1 },
    });
  }
  const [, date = "", booked = "", mark = "", funds = "", , type = "", references = ""] = found;
  const valueDate = isoDate(date);
  const value: Record<string, Json> = { statement: { ...statement.value } };
  value["valueDate"] = valueDate;
  if (booked !== "") value["bookingDate"] = bookingDate(booked, valueDate);
  value["amount"] = signed(amount, mark.endsWith("D") !== mark.startsWith("R"));
  value["currency"] = statement.currency;
  value["mark"] = mark;
  const add = (name: string, text: string): void => {
    if (text !== "") value[name] = text;
  };
  add("fundsCode", funds);
  add("type", type.trim());
  const [own = "", bank = ""] = references.split("//", 2).map((part) => part.trim());
  add("reference", own === "NONREF" ? "" : own);
  add("bankReference", bank);
  add("supplement", entry.lines.slice(1).join("\n").trim());
  addInformation(value, fields);
  return value;
}

/** `:86:`, or what some banks write as `:NS:` instead. */
function addInformation(value: Record<string, Json>, fields: readonly Field[]): void {
  const about = fields.filter(({ tag }) => tag === "86" || tag === "NS");
  const text = about.map(({ lines }) => lines.join("\n").trimEnd()).join("\n");
  if (text.trim() === "") return;
  value["information"] = text.trim();
  const subfields = subfieldsOf(about[0]?.tag ?? "", text);
  if (Object.keys(subfields).length > 0) value["subfields"] = subfields;
}
