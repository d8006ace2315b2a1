import type { ContactColumn, ContactKind } from "../store/crm-tables.ts";
import type { Contact } from "./contact.ts";

/** Gathers the contacts of newcomers by kind. */
export interface ContactPacker {
  /** @param owner the newcomer's position */
  add(owner: number, contacts: readonly Contact[]): void;
  /** In the order of the index they go to. */
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
