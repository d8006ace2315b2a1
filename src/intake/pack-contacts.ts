import type { Newcomer } from "../crm/newcomer.ts";
import type { ContactColumn } from "../store/crm-tables.ts";

type Contacts = Newcomer["contacts"];

/** The contacts of each newcomer that has any, by its position. */
export function contactsByOwner(columns: readonly ContactColumn[]): readonly Contacts[] {
  const found: Contacts[number][][] = [];
  for (const { kind, values, owners } of columns) {
    for (const [at, value] of values.entries()) {
      const owner = owners[at] as number;
      const own = found[owner];
      if (own === undefined) found[owner] = [{ kind, value }];
      else own.push({ kind, value });
    }
  }
  return found;
}
