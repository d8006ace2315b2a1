import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { HubError } from "../errors.ts";
import type { RecordWriter } from "../format/record-writer.ts";
import { recordWriter } from "../format/write.ts";
import { codeOf } from "./drop-folder-claim.ts";
import type { FileSinkOptions } from "./file-sink-settings.ts";

/**
 * The writer of a sink, with the file read that its format may name.
 * @param dir the project folder
 * @throws HubError TL_CONFIG_INVALID, with line and column in that file where it is to blame
 */
export function sinkWriter(format: FileSinkOptions["format"], dir: string): RecordWriter {
  if (!("cobol" in format)) return recordWriter(format);
  const file = format.cobol.copybook;
  const copybook = readCopybook(file, dir);
  try {
    return recordWriter({ cobol: { ...format.cobol, copybook } });
  } catch (thrown) {
    if (!(thrown instanceof HubError) || thrown.place === undefined) throw thrown;
    throw new HubError(thrown.code, thrown.message, { place: { ...thrown.place, file }, cure: thrown.cure });
  }
}

/** The same format with other letters for the password that X12 writes into each file. */
export function withoutSecrets(format: FileSinkOptions["format"]): FileSinkOptions["format"] {
  if (!("x12" in format) || format.x12.interchange?.security === undefined) return format;
  const { interchange } = format.x12;
  return { x12: { ...format.x12, interchange: { ...interchange, security: "SECRET" } } };
}

function readCopybook(file: string, dir: string): string {
  try {
    return readFileSync(resolve(dir, file), "utf8");
  } catch (error) {
    throw new HubError("TL_CONFIG_INVALID", `the copybook ${file} cannot be read (${codeOf(error)})`, {
      cure: "Name a file by its path from the project folder, such as schemas/mainframe/order.cpy.",
    });
  }
}
