import { type ShopCustomer, shopCustomer } from "../customer.ts";
import type { Kind } from "./kind.ts";

const TEXT = `{
  "id": number, "kind": kind, "given": firstName, "family": lastName, "company": company, "taxId": vatId,
  "language": language, "status": state, "email": email, "phone": phone, "mobile": mobile, "street": street,
  "postalCode": zip, "city": city, "country": country, "changedAt": changedAt, "note": note,
  "label": firstName & " " & lastName,
  "active": state = "A",
  "type": kind = "P" ? "person" : "organization"
}`;

export const flat: Kind = {
  name: "a flat, 20 fields",
  text: TEXT,
  keep: [],
  record: (n) => shopCustomer(n),
  byHand,
};

type Row = Partial<ShopCustomer>;

function byHand(row: Row): unknown {
  const result: Record<string, unknown> = {};
  if (row["number"] !== undefined) result["id"] = row["number"];
  if (row["kind"] !== undefined) result["kind"] = row["kind"];
  if (row["firstName"] !== undefined) result["given"] = row["firstName"];
  if (row["lastName"] !== undefined) result["family"] = row["lastName"];
  if (row["company"] !== undefined) result["company"] = row["company"];
  if (row["vatId"] !== undefined) result["taxId"] = row["vatId"];
  if (row["language"] !== undefined) result["language"] = row["language"];
  if (row["state"] !== undefined) result["status"] = row["state"];
  if (row["email"] !== undefined) result["email"] = row["email"];
  if (row["phone"] !== undefined) result["phone"] = row["phone"];
  if (row["mobile"] !== undefined) result["mobile"] = row["mobile"];
  if (row["street"] !== undefined) result["street"] = row["street"];
  if (row["zip"] !== undefined) result["postalCode"] = row["zip"];
  if (row["city"] !== undefined) result["city"] = row["city"];
  if (row["country"] !== undefined) result["country"] = row["country"];
  if (row["changedAt"] !== undefined) result["changedAt"] = row["changedAt"];
  if (row["note"] !== undefined) result["note"] = row["note"];
  result["label"] = `${row["firstName"] ?? ""} ${row["lastName"] ?? ""}`;
  result["active"] = row["state"] === "A";
  result["type"] = row["kind"] === "P" ? "person" : "organization";
  return result;
}
