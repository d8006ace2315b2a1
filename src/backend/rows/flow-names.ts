import { HubError } from "../../errors.ts";

export interface FlowNames {
  readonly ids: readonly number[];
  nameOf(id: number): string;
  /** @throws HubError TL_NOT_FOUND */
  idOf(name: string): number;
}

export function namesOf(rows: readonly { readonly id: number; readonly name: string }[]): FlowNames {
  const names = new Map(rows.map((row) => [row.id, row.name]));
  return {
    ids: rows.map((row) => row.id),
    nameOf: (id) => names.get(id) ?? `flow ${id}`,
    idOf(name) {
      const row = rows.find((one) => one.name === name);
      if (row === undefined) throw new HubError("TL_NOT_FOUND", "there is no flow of this name");
      return row.id;
    },
  };
}
