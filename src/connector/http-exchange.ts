import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import type { Said, SaidBody } from "../message/exchange.ts";

/** More of an answer than this is not read; what an answer says beyond it nobody needs. */
const ANSWER_LIMIT_BYTES = 64 * 1024;
/** What only speaks of the connection, or is told by the body. */
const OF_CONNECTION = ["connection", "keep-alive", "transfer-encoding", "content-length"];

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What the target answered. */
export function saidBy(status: number, headers: Headers, body: SaidBody): Said {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || OF_CONNECTION.includes(name)) continue;
    // Only where a request was refused may it have been for the time.
    if (name === "date" && status < 400) continue;
    fields[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return { line: String(status), fields, ...(body.size === 0 ? {} : { body }) };
}

/**
 * The answer's body, as far as it came in time and is not too long.
 * Never throws: the status is known by now and decides.
 */
export async function readAnswer(body: Readable, timeout: number): Promise<SaidBody> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let whole = true;
  const timer = setTimeout(() => body.destroy(), timeout);
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      chunks.push(chunk);
      if (size > ANSWER_LIMIT_BYTES) {
        whole = false;
        break;
      }
    }
  } catch {
    whole = false;
  } finally {
    clearTimeout(timer);
  }
  return { text: textOf(Buffer.concat(chunks)), size: whole ? size : null };
}

/** UTF-8 where it is that, or its beginning; else each byte as a letter, as old systems write. */
function textOf(bytes: Buffer): string {
  const begun = bytes.length > ANSWER_LIMIT_BYTES;
  if (isUtf8(bytes) || begun) return new TextDecoder().decode(bytes, { stream: begun });
  return bytes.toString("latin1");
}
