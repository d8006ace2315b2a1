import { createHash } from "node:crypto";
import { readdir, stat, unlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { writeDurably } from "tieline/connector";

const DAY_MS = 86_400_000;

/** Whole mails and attachments as files, each under the hash of its bytes: `<first two digits>/<hash>`. */
export interface FileStore {
  /** Resolved = there is a file of these bytes, and a power cut does not take it away. Gives the hash, hex. */
  put(bytes: Uint8Array): Promise<string>;
  /** Removes what was not put for `days`. */
  sweep(days: number): Promise<void>;
}

/** @param now milliseconds since 1970 */
export function fileStore(folder: string, now: () => number): FileStore {
  return {
    async put(bytes) {
      const hash = sha256(bytes);
      const path = join(folder, hash.slice(0, 2), hash);
      const found = await stat(path).catch(() => null);
      if (found?.size === bytes.byteLength) {
        const time = new Date(now());
        await utimes(path, time, time);
        return hash;
      }
      await writeDurably(
        path,
        (async function* () {
          yield bytes;
        })(),
      );
      return hash;
    },
    async sweep(days) {
      const oldest = now() - days * DAY_MS;
      for (const part of await readdir(folder).catch(() => [])) {
        for (const name of await readdir(join(folder, part)).catch(() => [])) {
          const path = join(folder, part, name);
          const found = await stat(path).catch(() => null);
          if (found?.isFile() === true && found.mtimeMs < oldest) await unlink(path).catch(() => undefined);
        }
      }
    },
  };
}

/** Lower-case hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
