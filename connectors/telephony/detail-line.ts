import { HubError } from "tieline/connector";
import type { CallDetail } from "./record.ts";

/** Asterisk's columns (cdr_csv): with `loguniqueid=yes` 17, with `loguserfield` 18, with `newcdrcolumns` three more. */
const LEAST = 17;
const NEW_COLUMNS = 3;

/** One line of Master.csv. @throws HubError TL_DECODE_FAILED */
export function detailOfLine(line: string): CallDetail {
  const cells = cellsOf(line);
  const [, source, destination, , callerId, channel, destinationChannel] = cells;
  const hasNew = cells.length >= LEAST + NEW_COLUMNS;
  const [duration, talk] = [Number(cells[12]), Number(cells[13])];
  if (cells.length < LEAST || !Number.isInteger(duration) || !Number.isInteger(talk) || cells[16] === "") {
    throw new HubError("TL_DECODE_FAILED", "the line is no call record with its id", {
      cure: "Set `loguniqueid=yes` in cdr.conf; the file must hold nothing else.",
    });
  }
  return {
    uniqueId: cells[16] ?? "",
    linkedId: hasNew ? (cells[cells.length - 2] ?? "") : "",
    source: source ?? "",
    destination: destination ?? "",
    callerId: callerId ?? "",
    channel: channel ?? "",
    destinationChannel: destinationChannel ?? "",
    ...{ duration, talk, disposition: cells[14] ?? "" },
  };
}

/** Cells with or without quotes; a quote within quotes is doubled. @throws HubError TL_DECODE_FAILED */
function cellsOf(line: string): string[] {
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (;;) {
    const found = cell.exec(line);
    if (found === null) throw new HubError("TL_DECODE_FAILED", "a quote of the line is not closed");
    cells.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    if (found[3] === "") return cells;
  }
}
