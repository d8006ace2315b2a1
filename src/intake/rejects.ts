import { join } from "node:path";
import type { FileSource } from "../connector/contract.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import { describeFailure } from "../flow/trail.ts";
import { type RejectedRecord, rejectFile } from "../format/reject.ts";
import type { FileRow } from "../store/file-table.ts";
import type { Store } from "../store/store.ts";
import { readSlice } from "./read-record.ts";

const PAGE = 200;

/**
 * Writes the rejected rows of a file where its sender looks for them, as they were received, each with its reason. The
 * same rows give the same bytes, so a crash may repeat it.
 */
export async function writeRejects(
  store: Store,
  data: string,
  file: FileRow,
  flow: LiveFlow,
  source: FileSource,
): Promise<void> {
  if (source.reject === undefined) return;
  const rejected = Object.values(file.books).some((counts) => (counts["rejected"] ?? 0) > 0);
  if (!rejected) return;
  const bytes = rejectFile(flow.compiled.format, file.context, readRejects(store, data, file));
  await source.reject(file.name, bytes);
}

/** The rejected records of a file in row order, read again from the archive. */
export async function* readRejects(
  store: Store,
  data: string,
  file: FileRow,
): AsyncGenerator<RejectedRecord> {
  let after = 0;
  for (;;) {
    const page = await store.transaction((tx) => tx.files.rejects(file.id, after, PAGE));
    for (const row of page) {
      const bytes = await readSlice(join(data, file.text), row.offset, row.length);
      yield {
        row: row.row,
        line: row.line,
        code: row.failure.code,
        error: describeFailure(row.failure),
        raw: bytes,
      };
      after = row.row;
    }
    if (page.length < PAGE) return;
  }
}
