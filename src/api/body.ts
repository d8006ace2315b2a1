import type { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import { HubError } from "../errors.ts";

/**
 * Reads a request's body as it comes, up to a limit; memory never holds more. What says beforehand that it is too large
 * is refused unread.
 * @throws HubError TL_BODY_TOO_LARGE, TL_USAGE when the connection broke off
 */
export function readBody(request: FastifyRequest, payload: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers["content-length"] ?? 0) > limit) {
      reject(tooLarge(limit));
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (): void => {
      payload.off("data", onData).off("end", onEnd).off("error", onBroken).off("close", onBroken);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) {
        stop();
        chunks.length = 0;
        reject(tooLarge(limit));
        return;
      }
      chunks.push(chunk);
    };
    const onEnd = (): void => {
      stop();
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size));
    };
    const onBroken = (): void => {
      stop();
      reject(new HubError("TL_USAGE", "the body ended before it was complete", { cure: "Send it again." }));
    };
    payload.on("data", onData).on("end", onEnd).on("error", onBroken).on("close", onBroken);
  });
}

function tooLarge(limit: number): HubError {
  return new HubError("TL_BODY_TOO_LARGE", `the body is larger than the ${limit} bytes that are taken here`);
}
