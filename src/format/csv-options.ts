import { HubError } from "../errors.ts";
import { isObject } from "../message/json.ts";
import { checkHeader } from "./csv-header.ts";
import type { Dialect } from "./csv-scan.ts";
import type { RecordContext } from "./format.ts";
import { createObjectLayouts, type ObjectLayouts } from "./object-layout.ts";

/** Comma-separated values as a flow declares them (RFC 4180, strictly). */
export interface CsvOptions {
  /** One character or more; default ",". */
  readonly delimiter?: string;
  /** One ASCII character; default `"`. */
  readonly quote?: string;
  /** What makes a quote within quotes a character; default: the quote itself, doubled. */
  readonly escape?: string;
  readonly encoding?: string;
  /** True: the first line names the columns (default). Else their names, and the file has no header. */
  readonly header?: true | readonly string[];
  /** The columns that must be there, in any order, and no other. */
  readonly columns?: readonly string[];
  /** Blanks around cells do not count; default false. */
  readonly trim?: boolean;
  /** Lines that begin with it are passed over. */
  readonly comment?: string;
  /** What an empty cell becomes: no member (default), or null. */
  readonly empty?: "missing" | "null";
  /** Largest record in bytes; default 1 MiB. */
  readonly recordLimit?: number;
}

/** The options with their defaults, and what follows from them. */
export interface CsvSetup {
  readonly dialect: Dialect;
  readonly header: true | readonly string[];
  readonly columns: readonly string[] | undefined;
  readonly empty: "missing" | "null";
  readonly recordLimit: number;
  /** Of the rows read so far, in whatever file. */
  readonly layouts: ObjectLayouts;
}

/** What a lone record needs to be read: the columns of its file, and which line end the file uses. */
export interface CsvContext {
  readonly columns: readonly string[];
  readonly newline: "\n" | "\r";
}

/** The options checked and completed. @throws HubError TL_CONFIG_INVALID, TL_HEADER_MISMATCH */
export function setUpCsv(options: CsvOptions): CsvSetup {
  const {
    delimiter = ",",
    quote = '"',
    escape: escaper = quote,
    comment = "",
    header = true,
    recordLimit = 1024 * 1024,
  } = options;
  const wrong: string[] = [];
  if (delimiter === "" || /[\r\n\0]/.test(delimiter))
    wrong.push("`delimiter` must be text without line ends");
  if (!/^[\x20-\x7e]?$/.test(quote)) wrong.push("`quote` must be one ASCII character, or empty for none");
  if (!/^[\x20-\x7e]?$/.test(escaper)) wrong.push("`escape` must be one ASCII character");
  if (quote !== "" && delimiter.includes(quote)) wrong.push("`delimiter` and `quote` must differ");
  if (/[\r\n]/.test(comment)) wrong.push("`comment` must not hold a line end");
  if (!(Number.isInteger(recordLimit) && recordLimit > 0))
    wrong.push("`recordLimit` must be a number of bytes");
  if (wrong.length > 0) throw new HubError("TL_CONFIG_INVALID", `csv: ${wrong.join("; ")}`);
  if (header !== true) checkHeader(header, options.columns, 1);
  return {
    dialect: {
      delimiter,
      quote: quote === "" ? -1 : quote.charCodeAt(0),
      escape: escaper === "" ? -1 : escaper.charCodeAt(0),
      trim: options.trim ?? false,
      comment,
    },
    header,
    columns: options.columns,
    empty: options.empty ?? "missing",
    recordLimit,
    layouts: createObjectLayouts(),
  };
}

export function isCsvContext(context: RecordContext): context is { columns: string[]; newline: "\n" | "\r" } {
  return isObject(context) && Array.isArray(context["columns"]) && typeof context["newline"] === "string";
}
