import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const COPY_BUFFER = 256 * 1024;

/** Makes the names in a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a folder and its missing parents so that they survive a power cut. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  const stop = dirname(first);
  for (let made = dirname(folder); ; made = dirname(made)) {
    await syncFolder(made);
    if (made === stop || made === dirname(made)) return;
  }
}

/**
 * Writes `path` so that it is there whole or not at all, also after a power cut: a temporary file beside it, fsync,
 * rename, fsync of the folder.
 */
export async function writeDurably(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  await makeFolder(dirname(path));
  const temporary = join(dirname(path), `.${basename(path)}.tmp`);
  try {
    await writeSynced(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

async function writeSynced(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  // Removed first: a symbolic link planted under this name must not be written through.
  await rm(path, { force: true });
  const handle = await open(path, "wx");
  try {
    for await (const chunk of content) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Bytes and SHA-256 of what was copied. */
export interface Copied {
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Copies an open file to `path`, durably, hashing on the way. Memory does not grow with the file. */
export async function copyDurably(from: FileHandle, path: string): Promise<Copied> {
  async function* read(): AsyncIterable<Uint8Array> {
    const buffer = Buffer.allocUnsafe(COPY_BUFFER);
    for (let at = 0; ; ) {
      const { bytesRead } = await from.read(buffer, 0, COPY_BUFFER, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
  return receiveDurably(read(), path);
}

/** Writes what comes to `path`, durably, hashing on the way. Memory does not grow with the file. */
export async function receiveDurably(content: AsyncIterable<Uint8Array>, path: string): Promise<Copied> {
  const hash = createHash("sha256");
  let size = 0;
  async function* read(): AsyncIterable<Uint8Array> {
    for await (const chunk of content) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  }
  await writeDurably(path, read());
  return { size, sha256: hash.digest("hex") };
}
