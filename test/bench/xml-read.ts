/** Reads one XML file to its end: by the hub's reader, or by saxes with no more than is needed to make objects. */
import { open } from "node:fs/promises";
import { SaxesParser } from "saxes";
import type * as XmlModule from "../../src/format/xml.ts";
import { answerParent, peakMemory } from "./child.ts";
import { compiled } from "./compiled.ts";

const { openXml } = await compiled<typeof XmlModule>("src/format/xml");
const PIECE = 64 * 1024;

await answerParent(
  async () =>
    async ({ kind, path }: { readonly kind: "ours" | "bare"; readonly path: string }) => {
      const started = performance.now();
      const records = kind === "ours" ? await ours(path) : await bare(path);
      return { records, seconds: (performance.now() - started) / 1000, peak: peakMemory(process.pid) };
    },
);

async function ours(path: string): Promise<number> {
  let records = 0;
  for await (const rows of openXml({ record: "/customers/customer" }).records(path)) {
    for (const row of rows) if (row.value !== undefined) records += 1;
  }
  return records;
}

type Built = Record<string, unknown>;
let current: Built | null = null;
let text = "";
let built = 0;

async function bare(path: string): Promise<number> {
  const parser = new SaxesParser({ xmlns: false });
  parser.on("opentag", opened);
  parser.on("text", taken);
  parser.on("closetag", closed);
  const file = await open(path);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const bytes = Buffer.alloc(PIECE);
  for (;;) {
    const { bytesRead } = await file.read(bytes, 0, PIECE);
    if (bytesRead === 0) break;
    parser.write(decoder.decode(bytes.subarray(0, bytesRead), { stream: true }));
  }
  parser.close();
  await file.close();
  return built;
}

function opened(tag: { readonly name: string; readonly attributes: Readonly<Record<string, string>> }): void {
  if (tag.name === "customer") current = { ...tag.attributes };
  text = "";
}

function taken(more: string): void {
  text += more;
}

function closed(tag: { readonly name: string }): void {
  if (tag.name === "customer") {
    current = null;
    built += 1;
  } else if (current !== null) {
    current[tag.name] = text;
  }
  text = "";
}
