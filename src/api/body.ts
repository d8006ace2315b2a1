import type { IncomingMessage } from "node:http";
import { HubError } from "../errors.ts";

/**
 * Reads a request's body as it comes, up to a limit; memory never holds more. What says beforehand that it is too large
 * is refused unread. `done` is called once, with TL_BODY_TOO_LARGE, or TL_USAGE when the connection broke off, or with
 * the body.
 */
export function readBody(
  payload: IncomingMessage,
  limit: number,
  done: (error: HubError | null, body?: Buffer) => void,
): void {
  if (Number(payload.headers["content-length"] ?? 0) > limit) {
    done(tooLarge(limit));
    return;
  }
  let chunks: Buffer[] = [];
  let size = 0;
  let over = false;
  const end = (error: HubError | null, body?: Buffer): void => {
    if (over) return;
    over = true;
    chunks = [];
    done(error, body);
  };
  const onBroken = (): void => {
    // Every request closes in the end, and an error is dear to make.
    if (!over)
      end(new HubError("TL_USAGE", "the body ended before it was complete", { cure: "Send it again." }));
  };
  payload.on("data", (chunk: Buffer) => {
    if (over) return;
    size += chunk.length;
    if (size > limit) end(tooLarge(limit));
    else chunks.push(chunk);
  });
  payload.on("end", () => end(null, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size)));
  payload.on("error", onBroken).on("close", onBroken);
}

/** What a body beyond the limit in bytes is refused with. */
export function tooLarge(limit: number): HubError {
  return new HubError("TL_BODY_TOO_LARGE", `the body is larger than the ${limit} bytes that are taken here`);
}
