import { type FileHandle, open, readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  type CollectedItem,
  HubError,
  isObject,
  type Json,
  type Pulled,
  type PullSource,
} from "tieline/connector";
import { callEvent, callRecord } from "./call.ts";
import { detailOfLine } from "./detail-line.ts";
import { callOfDetail } from "./record.ts";

/** Bytes that are read at once, and the longest line. */
const CHUNK = 64 * 1024;

export interface DetailsOptions {
  /** Asterisk's Master.csv. */
  readonly file: string;
  readonly agents: ReadonlySet<string>;
  readonly dir: string;
  readonly now: () => number;
}

/** Which file, by the file system's number, and how many bytes of it were read. */
interface Place {
  readonly file: number;
  readonly bytes: number;
}

/**
 * Reads the file that Asterisk appends its call records to: what was missed while nobody listened, and all else once more,
 * which changes nothing. A file that was rotated away is read to its end first.
 */
export function details(options: DetailsOptions): PullSource {
  const path = resolve(options.dir, options.file);
  return {
    kind: "pull",
    async pull({ cursor, limit, signal }) {
      signal.throwIfAborted();
      const place = placeOf(cursor);
      const current = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
        throw new HubError(
          "TL_SOURCE_UNAVAILABLE",
          `the file of call records cannot be read (${error.code ?? "unknown"})`,
          {
            cure: "Check `details`, and that the hub may read there.",
          },
        );
      });
      const before = place === null ? null : await rotated(path, current, place);
      try {
        if (before !== null && place !== null) {
          const pulled = await read(before, place, limit, options);
          if (pulled.items.length > 0) return pulled;
        }
        const { ino, size } = await current.stat();
        const known = place?.file === ino && place.bytes <= size ? place.bytes : 0;
        return await read(current, { file: ino, bytes: known }, limit, options);
      } finally {
        await before?.close();
        await current.close();
      }
    },
  };
}

/** The file that was read last, where another has taken its name; null: it is the same, or gone. */
async function rotated(path: string, current: FileHandle, place: Place): Promise<FileHandle | null> {
  if ((await current.stat()).ino === place.file) return null;
  const folder = dirname(path);
  for (const { name } of (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile())) {
    const handle = await open(join(folder, name), "r").catch(() => null);
    if (handle === null) continue;
    if ((await handle.stat()).ino === place.file) return handle;
    await handle.close();
  }
  return null;
}

/** Whole lines only: what Asterisk is still writing waits for the next look. */
async function read(
  handle: FileHandle,
  { file, bytes }: Place,
  limit: number,
  { agents, now }: DetailsOptions,
): Promise<Pulled> {
  const buffer = Buffer.alloc(CHUNK);
  const { bytesRead } = await handle.read(buffer, 0, CHUNK, bytes);
  const items: CollectedItem[] = [];
  let from = 0;
  for (let end = buffer.indexOf(10); end >= 0 && end < bytesRead && items.length < limit; ) {
    const line = buffer.subarray(from, end);
    if (line.length > 0) items.push(itemOf(line, agents, now()));
    from = end + 1;
    end = buffer.indexOf(10, from);
  }
  if (from === 0 && bytesRead === CHUNK)
    throw new HubError("TL_SOURCE_REFUSED", "the file holds a line of more than 64 KiB");
  const cursor: Json = { file, bytes: bytes + from };
  return { items, cursor, more: bytesRead === CHUNK || items.length === limit };
}

function itemOf(line: Buffer, agents: ReadonlySet<string>, now: number): CollectedItem {
  try {
    const call = callOfDetail(detailOfLine(line.toString("utf8")), agents, now);
    const body = Buffer.from(JSON.stringify(callRecord(call)));
    return { body, contentType: "application/json", event: callEvent(call) };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return { body: line, contentType: "text/csv", wrong: error };
  }
}

function placeOf(cursor: Json | null): Place | null {
  if (!isObject(cursor)) return null;
  const { file, bytes } = cursor;
  return typeof file === "number" && typeof bytes === "number" ? { file, bytes } : null;
}
