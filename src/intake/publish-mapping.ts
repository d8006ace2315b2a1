import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { HubError } from "../errors.ts";

/** A file of the project folder that is open to be written: so whether it may be is known before anything changes. */
export interface OpenText {
  /** In place: a new file beside it would be another file, and would change owner, rights and links. */
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the file of a mapping that is to hold another text.
 * @param expected what it must hold now
 * @throws HubError TL_CONFLICT when it cannot be written, or somebody changed it since
 */
export async function openMapping(dir: string, path: string, expected: string): Promise<OpenText> {
  let file: FileHandle;
  try {
    file = await open(join(dir, path), "r+");
  } catch (error) {
    throw new HubError("TL_CONFLICT", `${path} cannot be written by the hub`, {
      cure: "Take the patch, and bring it into the project folder by the way you use for its other changes.",
      cause: error,
    });
  }
  if ((await file.readFile("utf8")) !== expected) {
    await file.close();
    throw new HubError("TL_CONFLICT", `${path} is not what is in force: somebody changes it`, {
      cure: "Wait until their change is in force or taken back, then open the mapping again.",
    });
  }
  return {
    async write(text) {
      const bytes = Buffer.from(text);
      await file.write(bytes, 0, bytes.length, 0);
      await file.truncate(bytes.length);
      await file.sync();
    },
    close: () => file.close(),
  };
}
