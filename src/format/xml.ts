import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import type { Format } from "./format.ts";
import { utf8Text } from "./text.ts";
import { readXmlFile } from "./xml-file.ts";
import { setUpXml, type XmlOptions, type XmlSetup } from "./xml-options.ts";
import { createXmlParser } from "./xml-parser.ts";

/**
 * XML by records; what a record becomes is written at `createXmlParser`. Small documents and files go through the same
 * parser, so that a record has one value however it came.
 * `decode` without a context takes a document that holds exactly one record, with one a record cut out of its file.
 */
export function openXml(options: XmlOptions): Format {
  const setup = setUpXml(options);
  return {
    name: "xml",
    mediaTypes: ["application/xml", "text/xml"],
    encoding: options.encoding ?? "utf-8",
    wholeFile: true,
    decode: (utf8, context) => decode(utf8Text(utf8), setup, context !== undefined),
    records: (path) => readXmlFile(path, setup),
  };
}

function decode(text: string, setup: XmlSetup, lone: boolean): Json {
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
