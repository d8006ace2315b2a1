import { HubError } from "../errors.ts";
import type { Item } from "../flow/item.ts";
import { type LiveFlow, sourceSystem } from "../flow/live-flow.ts";
import type { Row } from "../format/format.ts";
import type { FileRow } from "../store/file-table.ts";

/** Where a row stands in its file. */
export type RowPlace = Pick<Row, "row" | "line" | "offset" | "length">;

/** Makes items of one file's rows. */
export interface RowItems {
  item(
    row: RowPlace,
    acceptedAt: number,
    hash: string | null,
    key: string | null,
    result: Item["result"],
  ): Item;
  /** A failure with the row's place in the file. */
  placed(row: RowPlace, error: HubError): HubError;
}

export function rowItems(file: FileRow, flow: LiveFlow): RowItems {
  const system = sourceSystem(flow.definition);
  return {
    item({ row, line, offset, length }, acceptedAt, hash, key, result) {
      return {
        place: null,
        slice: { file: file.id, row, line, offset, length },
        system,
        acceptedAt,
        attempts: 0,
        replay: 0,
        plan: null,
        hops: 0,
        hash,
        key,
        result,
      };
    },
    placed: ({ row, line }, error) => placed(error, { file: file.name, line, record: row }),
  };
}

/** A failure with the file it stands in, and what else is known of the place. */
export function placed(
  error: HubError,
  place: { readonly file: string; readonly line?: number; readonly record?: number },
): HubError {
  return new HubError(error.code, error.message, {
    place: { ...place, ...error.place, file: error.place?.file ?? place.file },
    cure: error.cure,
    issues: error.issues,
    cause: error.cause,
  });
}
