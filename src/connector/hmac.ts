import { createHmac, hash } from "node:crypto";

const BLOCK = 64;
const DIGEST = 32;
/** Longer messages are not worth a copy. */
const LONGEST = 64 * 1024;

/** One for all keys: it is filled and read within a call. */
const scratch = Buffer.alloc(BLOCK + LONGEST);

/**
 * HMAC-SHA256 (RFC 2104) with a key, of a message in parts. By two plain hashes: an object of node's for each message
 * costs more than what it computes.
 */
export function hmac(
  key: Uint8Array,
): (parts: readonly (string | Uint8Array)[], encoding: "hex" | "base64") => string {
  const inner = padded(key, 0x36);
  const outer = Buffer.concat([padded(key, 0x5c), Buffer.alloc(DIGEST)]);
  return (parts, encoding) => {
    let end = BLOCK;
    for (const part of parts) {
      // A character of a text is three bytes at most, but for pairs, which are two characters.
      if (end + part.length * (typeof part === "string" ? 3 : 1) > scratch.length) {
        const mac = createHmac("sha256", key);
        for (const one of parts) mac.update(one);
        return mac.digest(encoding);
      }
      if (typeof part === "string") end += scratch.write(part, end);
      else {
        scratch.set(part, end);
        end += part.length;
      }
    }
    scratch.set(inner);
    outer.write(hash("sha256", scratch.subarray(0, end)), BLOCK, "hex");
    return hash("sha256", outer, encoding);
  };
}

function padded(key: Uint8Array, pad: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.set(key.length > BLOCK ? hash("sha256", key, "buffer") : key);
  return block.map((byte) => byte ^ pad) as Buffer;
}
