import { describe, expect, it } from "vitest";
import type { CsvOptions } from "../../src/format/csv-options.ts";
import type { Format } from "../../src/format/format.ts";
import { openFormat } from "../../src/format/open.ts";
import { type RejectedRecord, rejectFile } from "../../src/format/reject.ts";
import { type Reading, readBytes, sliceOf } from "./support.ts";

const why = "a reason, with a comma";

async function bytesOf(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts);
}

/** Every row of the file as if it had been refused. */
function refused(text: string, reading: Reading): RejectedRecord[] {
  return reading.rows.map((row) => ({
    row: row.row,
    line: row.line,
    code: row.error?.code ?? "TL_ACCEPTS_FAILED",
    error: why,
    raw: sliceOf(text, row),
  }));
}

async function rejectAll(
  text: string,
  options: CsvOptions,
  encoding?: string,
): Promise<{ bytes: Buffer; format: Format }> {
  const format = openFormat({ csv: options });
  const reading = await readBytes(text, (path) => format.records(path));
  return {
    bytes: await bytesOf(rejectFile(format, reading.context, refused(text, reading), encoding)),
    format,
  };
}

describe("the reject file of a CSV file", () => {
  it("keeps delimiter, header and raw cells, and says why", async () => {
    const { bytes } = await rejectAll('a;b\n=1+1;"x;y"\n2;3\n', { delimiter: ";" });
    expect(bytes.toString()).toBe(
      "a;b;tieline_row;tieline_line;tieline_code;tieline_error\r\n" +
        `=1+1;"x;y";1;2;TL_ACCEPTS_FAILED;${why}\r\n2;3;2;3;TL_ACCEPTS_FAILED;${why}\r\n`,
    );
  });

  it("is valid CSV even when a record is not", async () => {
    const text = 'a,b\n1\n"x"y,2\n3,4\n1,2,3\n';
    const { bytes, format } = await rejectAll(text, {});
    const again = await readBytes(bytes, (path) => format.records(path));
    expect(again.error).toBeUndefined();
    expect(again.values).toEqual([{ a: "1" }, { a: '"x"y,2' }, { a: "3", b: "4" }, undefined]);
  });

  it("mended and dropped again is read without the four columns, and refused again has them once", async () => {
    const first = await rejectAll("a,b\n1,2\n", { columns: ["a", "b"] });
    const second = await readBytes(first.bytes, (path) => first.format.records(path));
    expect(second.values).toEqual([{ a: "1", b: "2" }]);
    const third = await bytesOf(
      rejectFile(first.format, second.context, refused(first.bytes.toString(), second)),
    );
    expect(third.toString()).toBe(first.bytes.toString());
  });

  it.each(["windows-1252", "utf-16le", "iso-8859-15"])("is written in %s again", async (encoding) => {
    const { bytes } = await rejectAll("näme\nMüller €\n", { encoding });
    const text = encoding === "utf-16le" ? bytes.toString("utf16le") : bytes.toString("latin1");
    expect(text).toContain("Müller");
    if (encoding === "utf-16le") expect(text.charCodeAt(0)).toBe(0xfeff);
    else expect(bytes.includes(encoding === "windows-1252" ? 0x80 : 0xa4)).toBe(true);
  });

  it("has no header when the file has none", async () => {
    const { bytes } = await rejectAll("1,2\n", { header: ["a", "b"] });
    expect(bytes.toString()).toBe(`1,2,1,1,TL_ACCEPTS_FAILED,"${why}"\r\n`);
  });
});

it("the reject file of another format is JSON Lines with the record's own text", async () => {
  const format = openFormat({ xml: { record: "r" } });
  const raw = Buffer.from("<r>ü\n</r>");
  const records = [{ row: 1, line: 2, code: "TL_EMITS_FAILED" as const, error: why, raw }];
  expect(JSON.parse((await bytesOf(rejectFile(format, {}, records))).toString())).toEqual({
    row: 1,
    line: 2,
    code: "TL_EMITS_FAILED",
    error: why,
    raw: "<r>ü\n</r>",
  });
});
