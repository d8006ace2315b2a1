import type { Newcomer } from "../crm/newcomer.ts";
import type { ContactColumn, ContactKind } from "../store/crm-tables.ts";

type Contacts = Newcomer["contacts"];

/** Gathers the contacts of newcomers by kind. */
export interface ContactPacker {
  /** @param owner the newcomer's position */
  add(owner: number, contacts: Contacts): void;
  /** In the order of the index they go to, since here is time to sort them. */
  pack(): readonly ContactColumn[];
}

export function contactPacker(): ContactPacker {
  const phones: Gathered = { kind: "phone", values: [], owners: [] };
  const emails: Gathered = { kind: "email", values: [], owners: [] };
  return {
    add(owner, contacts) {
      for (const { kind, value } of contacts) {
        const column = kind === "phone" ? phones : emails;
        column.values.push(value);
        column.owners.push(owner);
      }
    },
    pack: () => [inOrder(phones), inOrder(emails)],
  };
}

interface Gathered {
  readonly kind: ContactKind;
  readonly values: string[];
  readonly owners: number[];
}

function inOrder({ kind, values, owners }: Gathered): ContactColumn {
  if (isAscending(values)) return { kind, values, owners: Uint32Array.from(owners) };
  const order = Uint32Array.from(values.keys()).sort((a, b) =>
    (values[a] as string) < (values[b] as string) ? -1 : 1,
  );
  return {
    kind,
    values: Array.from(order, (at) => values[at] as string),
    owners: order.map((at) => owners[at] as number),
  };
}

function isAscending(values: readonly string[]): boolean {
  for (let at = 1; at < values.length; at++)
    if ((values[at] as string) < (values[at - 1] as string)) return false;
  return true;
}

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
