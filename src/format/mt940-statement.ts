import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { decimalText, type Field, fieldsOf, isoDate, signed } from "./mt940-field.ts";

/** What all entries of a statement have in common. */
export interface Statement {
  readonly currency: string;
  readonly value: Readonly<Record<string, Json>>;
}

/**
 * The fields from `:20:` to the first entry: reference, account, number, opening balance.
 * @throws HubError TL_DECODE_FAILED when account or opening balance are not there
 */
export function parseStatement(text: string): Statement {
  const fields = fieldsOf(text);
  const find = (...tags: readonly string[]): Field | undefined =>
    fields.find(({ tag }) => tags.includes(tag));
  const first = (...tags: readonly string[]): string => find(...tags)?.lines[0]?.trim() ?? "";
  const account = first("25", "25P");
  if (account === "") throw new HubError("TL_DECODE_FAILED", "the statement names no account (:25:)");
  const opening = find("60F", "60M");
  const [, mark = "", date = "", currency = "", written = ""] =
    /^([CD])(\d{6})([A-Z]{3})(.+)$/.exec(opening?.lines[0]?.trim() ?? "") ?? [];
  const amount = decimalText(written);
  if (opening === undefined || amount === undefined) {
    throw new HubError(
      "TL_DECODE_FAILED",
      "the statement has no opening balance (:60F: or :60M:) that can be read",
    );
  }
  const [number = "", sequence = ""] = first("28C", "28").split("/");
  const value: Record<string, Json> = { account };
  const add = (name: string, text: string): void => {
    if (text !== "") value[name] = text;
  };
  add("reference", first("20"));
  add("relatedReference", first("21"));
  add("number", number);
  add("sequence", sequence);
  value["currency"] = currency;
  value["opening"] = { date: isoDate(date), amount: signed(amount, mark === "D") };
  return { currency, value };
}
