import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import type { Format } from "./format.ts";
import { asBuffer, bomLength, utf8Text } from "./text.ts";
import { readXmlFile } from "./xml-file.ts";
import { setUpXml, type XmlOptions, type XmlSetup } from "./xml-options.ts";
import { createXmlParser } from "./xml-parser.ts";
import { createXmlScanner, type XmlScanner } from "./xml-scan.ts";

/**
 * XML by records; what a record becomes is written at `createXmlParser`. Small documents and files go through the same
 * scanner and, where that is in doubt, the same parser, so that a record has one value however it came.
 * `decode` without a context takes a document that holds exactly one record, with one a record cut out of its file.
 */
export function openXml(options: XmlOptions): Format {
  const setup = setUpXml(options);
  /** By whether they read records cut out of a document. */
  const scanners = new Map<boolean, XmlScanner>();
  return {
    name: "xml",
    mediaTypes: ["application/xml", "text/xml"],
    encoding: options.encoding ?? "utf-8",
    wholeFile: true,
    decode(utf8, context) {
      const lone = context !== undefined;
      const scanner = scanners.get(lone) ?? createXmlScanner(setup, lone);
      scanners.set(lone, scanner);
      return scanOne(scanner, asBuffer(utf8)) ?? parseOne(utf8Text(utf8), setup, lone);
    },
    records: (path) => readXmlFile(path, setup),
  };
}

/** Undefined when there is not exactly one record, or the document needs the careful parser. */
function scanOne(scanner: XmlScanner, utf8: Buffer): Json | undefined {
  scanner.begin(bomLength(utf8));
  scanner.feed(utf8, 0, true);
  const first = scanner.next();
  const { value } = scanner;
  const isOne = first === "record" && scanner.next() === "end";
  scanner.begin(0);
  return isOne ? value : undefined;
}

function parseOne(text: string, setup: XmlSetup, lone: boolean): Json {
  const found: { value?: Json | undefined; error?: HubError | undefined; count: number } = { count: 0 };
  const parser = createXmlParser(
    setup,
    {
      begin: () => {
        found.count++;
      },
      end: (value, error) => {
        found.value = value;
        found.error ??= error;
      },
      progress: () => {},
    },
    lone,
  );
  parser.write(text);
  parser.close();
  if (found.error !== undefined) throw found.error;
  if (found.count !== 1 || found.value === undefined) {
    throw new HubError("TL_DECODE_FAILED", `expected one record in the document, found ${found.count}`, {
      cure: "Name the element in `record` of the format; documents with many records come as files.",
    });
  }
  return found.value;
}
