import { HubError } from "../errors.ts";
import type { RecordWriter } from "../format/record-writer.ts";
import type { OutgoingBundle } from "./contract.ts";
import type { FileSinkOptions } from "./file-sink-settings.ts";

/** What stands for something in a first or last line. */
const MARK = /\{([a-z]+)(?::(\d{1,2}))?\}/g;
const OF_FILE = ["id", "sequence", "date", "time"];

/** The bytes of a file of many deliveries, piece by piece. @param count is told the size of each piece */
export type BundleWriter = (
  bundle: OutgoingBundle,
  count: (bytes: number) => void,
) => AsyncIterable<Uint8Array>;

/** @throws HubError TL_CONFIG_INVALID when there can be no such first or last line */
export function bundleWriter(
  writer: RecordWriter,
  { header, trailer }: Pick<FileSinkOptions, "header" | "trailer">,
): BundleWriter {
  checkLine("header", header, OF_FILE, writer);
  checkLine("trailer", trailer, [...OF_FILE, "rows"], writer);
  return async function* pieces(bundle, count) {
    for await (const piece of write(bundle)) {
      count(piece.length);
      yield piece;
    }
  };

  async function* write(bundle: OutgoingBundle): AsyncGenerator<Uint8Array> {
    const document = writer.open(bundle);
    yield writer.bom;
    if (header !== undefined) yield lineOf(header, bundle, 0);
    yield document.head;
    let rows = 0;
    for await (const { body, sequence } of bundle.deliveries()) {
      yield document.part(body, sequence);
      rows += Array.isArray(body) ? body.length : 1;
    }
    yield document.tail();
    if (trailer !== undefined) yield lineOf(trailer, bundle, rows);
  }

  function lineOf(template: string, { id, sequence, date, time }: OutgoingBundle, rows: number): Uint8Array {
    const values: Readonly<Record<string, string>> = {
      ...{ id, date, time },
      ...{ sequence: String(sequence), rows: String(rows) },
    };
    const text = template.replace(MARK, (mark: string, name: string, digits?: string) =>
      (values[name] ?? mark).padStart(Number(digits ?? 0), "0"),
    );
    return writer.line?.(text) ?? new Uint8Array(0);
  }
}

function checkLine(
  key: "header" | "trailer",
  template: string | undefined,
  names: readonly string[],
  writer: RecordWriter,
): void {
  if (template === undefined) return;
  if (writer.line === undefined)
    throw new HubError("TL_CONFIG_INVALID", `\`${key}\`: the format has no lines`, {
      cure: `Remove \`${key}\`, or write csv, fixed or jsonl.`,
    });
  const other = [...template.matchAll(MARK)].find(([, name = ""]) => !names.includes(name));
  if (other !== undefined)
    throw new HubError("TL_CONFIG_INVALID", `\`${key}\`: ${other[0]} stands for nothing`, {
      cure: `There are ${names.map((name) => `{${name}}`).join(", ")}.`,
    });
  // Characters that its encoding lacks are told now, not with the first file.
  writer.line(template);
}
