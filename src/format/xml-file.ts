import type { RecordStream, Row } from "./format.ts";
import { BATCH } from "./lines.ts";
import { bomLength } from "./text.ts";
import { FileWindow } from "./window.ts";
import type { XmlSetup } from "./xml-options.ts";
import { readXmlBySaxes } from "./xml-sax-file.ts";
import { createXmlScanner, type Found, type XmlScanner } from "./xml-scan.ts";

/** Streams the records of an XML file in UTF-8; memory does not grow with its size. @param step bytes read at once */
export function readXmlFile(path: string, setup: XmlSetup, step?: number): RecordStream {
  return { context: { format: "xml" }, [Symbol.asyncIterator]: () => rows(path, setup, step) };
}

/** Reads quickly as long as nothing is in doubt, and if something is, from the start by the careful reader. */
async function* rows(
  path: string,
  setup: XmlSetup,
  step: number | undefined,
): AsyncGenerator<readonly Row[]> {
  const reading = scanXmlFile(path, setup, step);
  let taken = 0;
  try {
    for (;;) {
      const next = await reading.next();
      if (next.done === true) {
        if (next.value === "whole") return;
        break;
      }
      taken += next.value.length;
      yield next.value;
    }
  } finally {
    await reading.return("doubt");
  }
  for await (const batch of readXmlBySaxes(path, setup, step)) {
    const rest = (batch[0]?.row ?? 0) > taken ? batch : batch.filter(({ row }) => row > taken);
    if (rest.length > 0) yield rest;
  }
}

/** The records up to the end, or to where another reader must judge the file. */
export async function* scanXmlFile(
  path: string,
  setup: XmlSetup,
  step?: number,
): AsyncGenerator<readonly Row[], "whole" | "doubt"> {
  const window = await FileWindow.open(path, step);
  const scanner = createXmlScanner(setup, false);
  let row = 0;
  try {
    scanner.begin(bomLength(window.bytes));
    scanner.feed(window.bytes, 0, window.ended);
    for (;;) {
      const batch: Row[] = [];
      const found = takeRows(scanner, window, row, batch);
      row += batch.length;
      if (batch.length > 0) yield batch;
      if (found === "end") return "whole";
      if (found === "doubt") return "doubt";
      if (found === "record") continue;
      const used = scanner.keep();
      await window.advance(used);
      scanner.feed(window.bytes, used, window.ended);
    }
  } finally {
    await window.close();
  }
}

/** A plain function, as V8 does not make generators quick. @returns what ended the batch; "record" when it is full */
function takeRows(scanner: XmlScanner, window: FileWindow, before: number, batch: Row[]): Found {
  const { bytes, offset } = window;
  while (batch.length < BATCH) {
    const found = scanner.next();
    if (found !== "record") return found;
    const { line, start, at, value } = scanner;
    const row = before + batch.length + 1;
    const own = bytes.subarray(start, at);
    batch.push({ row, line, offset: offset + start, length: at - start, value, bytes: own });
  }
  return "record";
}
