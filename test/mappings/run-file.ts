import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { asHubError, type HubError } from "../../src/errors.ts";
import type { CompiledFlow, Prepared, RecordInfo } from "../../src/flow/compile.ts";
import { transcode } from "../../src/format/encoding.ts";
import type { Json } from "../../src/message/json.ts";

/** What one record of a file came to: what would be routed, or why it is refused. */
export interface RecordEnd {
  readonly row: number;
  readonly result: Prepared | HubError;
}

/** Takes every record of a file through decode, accepts, key, version, map and emits, as the hub does. */
export async function runFile(flow: CompiledFlow, path: string): Promise<readonly RecordEnd[]> {
  const folder = await mkdtemp(join(tmpdir(), "tieline-mapping-"));
  try {
    const utf8 = join(folder, "utf8");
    await transcode(path, flow.format.encoding, utf8);
    const ends: RecordEnd[] = [];
    for await (const rows of flow.format.records(utf8)) {
      for (const { row, value, error } of rows) {
        const result =
          value === undefined ? asHubError(error) : await prepared(flow, value, basename(path), row);
        ends.push({ row, result });
      }
    }
    return ends;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function prepared(
  flow: CompiledFlow,
  value: Json,
  file: string,
  row: number,
): Promise<Prepared | HubError> {
  const info: RecordInfo = { receivedAt: 0, headers: null, file, row };
  try {
    return await flow.prepare(value, info);
  } catch (thrown) {
    return asHubError(thrown);
  }
}
