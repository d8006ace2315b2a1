import { customerRows } from "./drop.ts";

/** What must become of a file: by outcome how many rows, the lines of the rejected ones, or why it is refused whole. */
export interface CsvSample {
  /** Begins with the letter of its flow: `u` UTF-8, `l` windows-1252, `b` windows-1257, `t` tabs, `c` declared columns. */
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly applied?: number;
  readonly other?: Readonly<Record<string, number>>;
  readonly rejectedLines?: readonly number[];
  /** Code of the rows' failure. */
  readonly rowCode?: string;
  readonly refused?: { readonly code: string; readonly line?: number };
  /** The rows before this place are taken; there the file stops and waits for a person. */
  readonly stopped?: { readonly code: string; readonly line: number };
}

const HEAD = "id;version;name;email";

/** Lines with a header, ids after the file's name. */
function lines(name: string, ...rows: readonly string[]): string {
  return `${[HEAD, ...rows.map((row) => row.replaceAll("#", `${name}-`))].join("\n")}\n`;
}

function utf16(text: string, big: boolean): Uint8Array {
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return big ? bytes.swap16() : bytes;
}

/** Bytes of an eight-bit encoding, given as text of the characters with these numbers. */
function bytes(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

const GOOD = ["#1;1;Ada;a@example.org", "#2;1;Bo;b@example.org", "#3;1;Cy;c@example.org"];

function good(name: string): string {
  return lines(name, ...GOOD);
}

/** Files as they come, and files that break readers. */
export function csvSamples(): readonly CsvSample[] {
  const wide = Array.from({ length: 10_000 }, (_, n) => `extra${n}`);
  return [
    { name: "u-plain", content: good("p"), applied: 3 },
    { name: "u-bom", content: `\ufeff${good("bom")}`, applied: 3 },
    { name: "u-utf16le", content: utf16(good("le"), false), applied: 3 },
    { name: "u-utf16be", content: utf16(good("be"), true), applied: 3 },
    {
      name: "u-latin1",
      content: bytes(lines("x1", "#1;1;Ada;", "#2;1;Ren\xe9;")),
      refused: { code: "TL_ENCODING_INVALID", line: 3 },
    },
    {
      name: "u-bad-byte",
      content: Buffer.concat([Buffer.from(good("x2")), Buffer.from([0xc3, 0x28, 0x0a])]),
      refused: { code: "TL_ENCODING_INVALID", line: 5 },
    },
    { name: "l-latin1", content: bytes(lines("l", "#1;1;Ren\xe9;", "#2;1;\x80uro;")), applied: 2 },
    { name: "b-baltic", content: bytes(lines("b", "#1;1;J\xe2nis;", "#2;1;\xd0ar\xfbnas;")), applied: 2 },
    { name: "t-tabs", content: good("t").replaceAll(";", "\t"), applied: 3 },
    {
      name: "u-commas",
      content: good("x3").replaceAll(";", ","),
      rejectedLines: [2, 3, 4],
      rowCode: "TL_KEY_MISSING",
    },
    {
      name: "c-commas",
      content: good("x4").replaceAll(";", ","),
      refused: { code: "TL_HEADER_MISMATCH", line: 1 },
    },
    {
      name: "c-renamed",
      content: good("x5").replace("email", "e_mail"),
      refused: { code: "TL_HEADER_MISMATCH", line: 1 },
    },
    { name: "c-other-order", content: "email;name;version;id\na@example.org;Ada;1;ord-1\n", applied: 1 },
    { name: "u-cr", content: good("cr").replaceAll("\n", "\r"), applied: 3 },
    { name: "u-crlf", content: good("crlf").replaceAll("\n", "\r\n"), applied: 3 },
    {
      name: "u-stray-cr",
      content: lines("sc", "#1;1;Ada;", "#2;1;B\ro;", "#3;1;Cy;"),
      applied: 2,
      rejectedLines: [3],
    },
    {
      name: "u-nul",
      content: lines("nul", "#1;1;Ada;", "#2;1;B\0o;", "#3;1;Cy;"),
      applied: 2,
      rejectedLines: [3],
    },
    {
      name: "u-long-line",
      content: lines("ll", "#1;1;Ada;", `#2;1;${"x".repeat(10 * 1024 * 1024)};`, "#3;1;Cy;", "#4;1"),
      applied: 2,
      rejectedLines: [3, 5],
    },
    {
      name: "u-long-quoted",
      content: lines("lq", "#1;1;Ada;", `#2;1;"${"x\n".repeat(1024 * 1024)}";`, "#3;1;Cy;", "#4;1"),
      applied: 2,
      rejectedLines: [3, 1_048_581],
    },
    {
      name: "u-wide",
      content: `${HEAD};${wide.join(";")}\n${["wide-1", "1", "Ada", "", ...wide].join(";")}\n`,
      applied: 1,
    },
    {
      name: "u-wide-row",
      content: lines("wr", "#1;1;Ada;", ["#2", "1", ...wide].join(";")),
      applied: 1,
      rejectedLines: [3],
    },
    {
      name: "u-twin-header",
      content: "id;version;name;name\nx;1;A;B\n",
      refused: { code: "TL_HEADER_MISMATCH", line: 1 },
    },
    {
      name: "u-empty-header",
      content: "id;version;;email\nx;1;A;\n",
      refused: { code: "TL_HEADER_MISMATCH", line: 1 },
    },
    {
      name: "u-proto-header",
      content: "id;version;__proto__;email\nx;1;A;\n",
      refused: { code: "TL_HEADER_MISMATCH", line: 1 },
    },
    { name: "u-sep-line", content: `sep=;\n${good("x6")}`, refused: { code: "TL_HEADER_MISMATCH", line: 1 } },
    {
      name: "u-open-first",
      content: lines("x7", '#1;1;"Ada;', "#2;1;Bo;"),
      refused: { code: "TL_FILE_TRUNCATED", line: 2 },
    },
    {
      name: "u-open-middle",
      content: lines("x8", "#1;1;Ada;", '#2;1;"Bo;', "#3;1;Cy;"),
      applied: 1,
      stopped: { code: "TL_FILE_TRUNCATED", line: 3 },
    },
    {
      name: "u-open-last",
      content: lines("x9", "#1;1;Ada;", '#2;1;"Bo'),
      applied: 1,
      stopped: { code: "TL_FILE_TRUNCATED", line: 3 },
    },
    {
      name: "u-ragged",
      content: lines("rag", "#1;1;Ada", "#2;1;Bo;;;", "#3;1;Cy;", "#4"),
      applied: 1,
      rejectedLines: [2, 3, 5],
    },
    { name: "u-blanks", content: lines("bl", "#1;1;  Ada  ;", " #2 ;1;Bo;"), applied: 2 },
    { name: "u-header-only", content: `${HEAD}\n`, applied: 0 },
    { name: "u-empty", content: "", refused: { code: "TL_HEADER_MISMATCH", line: 1 } },
    { name: "u-blank-lines-only", content: "\n\n\n", refused: { code: "TL_HEADER_MISMATCH" } },
    { name: "u-no-final-newline", content: good("nf").trimEnd(), applied: 3 },
    {
      name: "u-blank-lines",
      content: lines("bll", "#1;1;Ada;", "", "", "#2;1", "#3;1;Cy;"),
      applied: 2,
      rejectedLines: [5],
    },
    {
      name: "u-cell-lines",
      content: lines("cl", '#1;1;"A\nd\na";', "#2;1", '#3;1;"C ""y""; z";'),
      applied: 2,
      rejectedLines: [5],
    },
    {
      name: "u-stray-quote",
      content: lines("sq", '#1;1;A"da;', '#2;1;"Bo"x;', "#3;1;Cy;"),
      applied: 1,
      rejectedLines: [2, 3],
    },
    {
      name: "u-stale",
      content: lines("st", "#1;5;Ada;", "#1;4;Eve;", "#1;5;Ada;", "#1;6;Abe;"),
      applied: 2,
      other: { stale: 1, unchanged: 1 },
    },
    {
      name: "u-no-key",
      content: lines("nk", "#1;1;Ada;", ";1;Bo;"),
      applied: 1,
      rejectedLines: [3],
      rowCode: "TL_KEY_MISSING",
    },
    {
      name: "u-breaks-schema",
      content: lines("bs", "#1;1;Ada;", `#${"2".repeat(300)};1;Bo;`),
      applied: 1,
      rejectedLines: [3],
      rowCode: "TL_EMITS_FAILED",
    },
    {
      name: "u-signs",
      content: lines("sg", "#1;1;👩‍🚀 \u202eada\u0301;", "#2;1;=1+1;", "#3;1;\ufeffBo;"),
      applied: 3,
    },
    {
      name: "u-mended",
      content:
        "id;version;name;email;tieline_row;tieline_line;tieline_code;tieline_error\nmend-1;1;Ada;;2;3;TL_DECODE_FAILED;x\n",
      applied: 1,
    },
    { name: "u-many", content: customerRows("many-", 20_000), applied: 20_000 },
  ];
}
