import { posix } from "node:path";
import type { Remote } from "./remote.ts";

/** Writes a file so that whoever looks sees it whole or not at all: under a hidden name first, then renamed. */
export async function writeRemotely(
  remote: Remote,
  folder: string,
  name: string,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const temporary = posix.join(folder, `.${name}.tmp`);
  try {
    await remote.write(temporary, content);
    await remote.rename(temporary, posix.join(folder, name));
  } catch (error) {
    await remote.remove(temporary).catch(() => undefined);
    throw error;
  }
}
