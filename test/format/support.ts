import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { HubError } from "../../src/errors.ts";
import type { RecordStream, Row } from "../../src/format/format.ts";
import type { Json } from "../../src/message/json.ts";

/** What reading one file gave: its rows, and the failure that ended it, if any. */
export interface Reading {
  readonly rows: readonly Row[];
  readonly values: readonly (Json | undefined)[];
  readonly codes: readonly (string | undefined)[];
  readonly context: Json;
  readonly error: HubError | undefined;
}

/** Writes the bytes into a file, reads its records, and leaves nothing behind. Only a HubError may come out. */
export async function readBytes(
  bytes: Uint8Array | string,
  open: (path: string) => RecordStream,
): Promise<Reading> {
  const folder = mkdtempSync(join(tmpdir(), "format-"));
  try {
    const path = join(folder, "records");
    writeFileSync(path, bytes);
    return await readAll(open(path), Buffer.from(bytes as Uint8Array));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Also sees to it that each row comes with its own bytes. */
async function readAll(stream: RecordStream, bytes: Buffer): Promise<Reading> {
  const rows: Row[] = [];
  let error: HubError | undefined;
  try {
    for await (const batch of stream) {
      for (const row of batch) {
        if (row.bytes === undefined) expect(row.value).toBeUndefined();
        else if (sliceOf(bytes, row).compare(row.bytes) !== 0) expect(row.bytes).toEqual(sliceOf(bytes, row));
        rows.push(row);
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown;
    error = thrown;
  }
  return {
    rows,
    values: rows.map(({ value }) => value),
    codes: rows.map((row) => row.error?.code),
    context: stream.context,
    error,
  };
}

/** The HubError that a call ends with; anything else fails the test. */
export function failureOf(call: () => unknown): HubError {
  try {
    call();
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown;
    throw thrown;
  }
  throw new Error("the call did not fail");
}

/** A record's own bytes. */
export function sliceOf(bytes: Uint8Array | string, row: Row): Buffer {
  return Buffer.from(bytes as Uint8Array).subarray(row.offset, row.offset + row.length);
}
