import type { SFTPWrapper } from "ssh2";
import { RemoteFailure } from "./remote.ts";

/** What every server takes in one request. */
const PIECE = 32 * 1024;
/** Requests under way at once: each alone would wait for its answer over the whole way. */
const WINDOW = 16;
/** SSH_FX_EOF */
const EOF = 1;

/** The callback of a request. */
type Done<T> = (error: Error | undefined | null, value: T) => void;
/** Makes one request; it fails when the connection ends meanwhile. */
export type Ask = <T>(request: (done: Done<T>) => void) => Promise<T>;
/** The same for a request that gives nothing. */
export type Tell = (request: (done: (error?: Error | null) => void) => void) => Promise<void>;

interface Channel {
  readonly sftp: SFTPWrapper;
  readonly ask: Ask;
  readonly tell: Tell;
}

/** Reads a file from a place on, some requests ahead; memory holds no more than those. */
export async function* readAhead(channel: Channel, path: string, from: number): AsyncGenerator<Uint8Array> {
  const { sftp, ask, tell } = channel;
  const handle = await ask<Buffer>((done) => sftp.open(path, "r", done));
  let asked: Promise<Uint8Array>[] = [];
  let next = from;
  let given = from;
  try {
    for (;;) {
      while (asked.length < WINDOW) {
        const piece = readPiece(channel, handle, next);
        // Whoever waits for it is told.
        piece.catch(() => undefined);
        asked.push(piece);
        next += PIECE;
      }
      const bytes = (await asked.shift()) ?? Buffer.alloc(0);
      if (bytes.length === 0) return;
      given += bytes.length;
      if (bytes.length < PIECE) {
        // A server may give less than it was asked for: what follows is asked for from there.
        await Promise.allSettled(asked);
        asked = [];
        next = given;
      }
      yield bytes;
    }
  } finally {
    await Promise.allSettled(asked);
    await tell((done) => sftp.close(handle, done)).catch(() => undefined);
  }
}

function readPiece({ sftp, ask }: Channel, handle: Buffer, at: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(PIECE);
  return ask<Uint8Array>((done) =>
    sftp.read(handle, buffer, 0, PIECE, at, (error, bytes) => {
      const isEnd = (error as { readonly code?: unknown } | undefined)?.code === EOF;
      done(isEnd ? null : error, buffer.subarray(0, isEnd ? 0 : bytes));
    }),
  );
}

/** Writes a file, some requests ahead of their answers, and syncs it where the server can. */
export async function writeBehind(
  channel: Channel,
  path: string,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { sftp, ask, tell } = channel;
  const handle = await ask<Buffer>((done) => sftp.open(path, "w", done));
  const underWay = new Set<Promise<void>>();
  let at = 0;
  try {
    for await (const chunk of content) {
      for (let start = 0; start < chunk.length; start += PIECE) {
        // A copy: whoever gave it may use its memory again.
        const piece = Buffer.from(chunk.subarray(start, start + PIECE));
        const written = tell((done) => sftp.write(handle, piece, 0, piece.length, at, done));
        at += piece.length;
        underWay.add(written);
        written.then(() => underWay.delete(written)).catch(() => undefined);
        if (underWay.size >= WINDOW) await Promise.race(underWay);
      }
    }
    await Promise.all(underWay);
    await tell((done) => sftp.ext_openssh_fsync(handle, done)).catch(unlessUnknown);
  } finally {
    await Promise.allSettled(underWay);
    await tell((done) => sftp.close(handle, done)).catch(() => undefined);
  }
}

/** Servers other than OpenSSH have no way to ask for it. */
function unlessUnknown(error: unknown): void {
  if (error instanceof RemoteFailure) throw error;
}
