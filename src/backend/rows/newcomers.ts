import type {
  ContactPoint,
  CrmWrites,
  CustomerRow,
  Newcomers,
  NewRecordRow,
} from "../../store/crm-tables.ts";

/** Newcomers as the rows they come to, for a store that writes those as fast. */
export function newcomerWrites(
  newcomers: Newcomers,
  ids: { readonly customer: number; readonly record: number },
  now: number,
): CrmWrites {
  const newCustomers: CustomerRow[] = [];
  const newRecords: NewRecordRow[] = [];
  let from = 0;
  for (const [index, row] of newcomers.rows.entries()) {
    const customer = ids.customer + index;
    newCustomers.push(customerRow(newcomers, index, customer, now));
    const to = from + (newcomers.values.lengths[index] as number);
    const values = newcomers.values.bytes.subarray(from, to);
    newRecords.push(recordRow(newcomers, index, row, { id: ids.record + index, customer, values }));
    from = to;
  }
  const newContacts = newcomers.contacts.flatMap(({ kind, values, owners }) =>
    values.map(
      (value, at): ContactPoint => ({ kind, value, customer: ids.customer + (owners[at] as number) }),
    ),
  );
  return {
    ...{ newCustomers, customers: [], newRecords, records: [], seen: [], newContacts, oldContacts: [] },
    ...{ newLinks: [], oldLinks: [], moved: [], merged: [] },
  };
}

function customerRow(newcomers: Newcomers, index: number, id: number, now: number): CustomerRow {
  return {
    id,
    name: newcomers.names[index] ?? null,
    folded: newcomers.folded[index] ?? null,
    status: newcomers.statuses[index] ?? null,
    revision: 1,
    createdAt: now,
    updatedAt: now,
    alive: true,
    mergedInto: null,
  };
}

function recordRow(
  { system, externalIds, versions, hashes, file, flowVersion, at }: Newcomers,
  index: number,
  row: number,
  own: Pick<NewRecordRow, "id" | "customer" | "values">,
): NewRecordRow {
  return {
    ...own,
    entity: "customer",
    system,
    externalId: externalIds[index] as string,
    version: versions[index] ?? null,
    hash: hashes[index] ?? null,
    deleted: false,
    origin: {
      ...(file === null ? { message: row, file, row: null } : { message: null, file, row }),
      ...{ flowVersion, at: typeof at === "number" ? at : (at[index] as number) },
    },
    ...{ changed: null, born: null, holder: null, phone: null, email: null, happenedAt: null },
  };
}
