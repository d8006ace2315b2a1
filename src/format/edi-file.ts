import type { EdiContext, EdiSetup } from "./edi-dialect.ts";
import { createEdiReader, type EdiReader } from "./edi-reader.ts";
import type { RecordContext, RecordStream, Row } from "./format.ts";
import { BATCH } from "./lines.ts";
import { bomLength } from "./text.ts";
import { FileWindow } from "./window.ts";

/** Streams the messages of a UTF-8 file; memory does not grow with its size. @param step bytes read at once */
export function readEdiFile(path: string, setup: EdiSetup, step?: number): RecordStream {
  const none: EdiContext = { format: setup.dialect.name, surroundings: [] };
  let reader: EdiReader | undefined;
  async function* read(): AsyncGenerator<readonly Row[]> {
    const window = await FileWindow.open(path, step);
    try {
      reader = createEdiReader(setup, BATCH, bomLength(window.bytes));
      for (;;) {
        const rows: Row[] = [];
        const { ended } = window;
        const used = reader.read(window.bytes, window.offset, ended, rows);
        if (rows.length > 0) yield rows;
        if (used === "full") continue;
        if (ended) return;
        await window.advance(used);
      }
    } finally {
      await window.close();
    }
  }
  return {
    get context() {
      return (reader?.context ?? none) as unknown as RecordContext;
    },
    [Symbol.asyncIterator]: read,
  };
}
