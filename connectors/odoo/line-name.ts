import type { RecordName } from "./own-values.ts";

// A name that the hub is given has no colon, so no record is called like a line, and no line like one of another record.
const BETWEEN = ":";

/**
 * The external id of a line, without the module. It is of one product: another product on the line of an order makes it another
 * line, which gets that one's price and taxes.
 * @param of how the hub names the record that has the line
 * @param product Odoo's number of it; undefined: it has none
 */
export function lineName(of: RecordName, line: string, product: string | undefined): string {
  const name = `${prefixOf(of)}${line}`;
  return product === undefined || product === "" ? name : `${name}${BETWEEN}${product}`;
}

/** Whether a name is one of a line of this record. */
export function isLineOf(of: RecordName, name: string): boolean {
  return name.startsWith(prefixOf(of));
}

function prefixOf(of: RecordName): string {
  return `${typeof of === "number" ? BETWEEN : ""}${of}${BETWEEN}`;
}
