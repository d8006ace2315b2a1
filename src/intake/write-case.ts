import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { HubError } from "../errors.ts";

/**
 * Writes a new file into the cases of a flow; none that is there is written over.
 * @param file its name, of letters, digits and dashes
 * @returns its path from the project folder
 * @throws HubError TL_CONFLICT when there is one of that name, or the folder cannot be written
 */
export async function writeCase(dir: string, flow: string, file: string, text: string): Promise<string> {
  if (!/^[a-z0-9-]{1,80}\.json$/.test(file) || !/^[\w-]{1,128}$/.test(flow))
    throw new HubError("TL_USAGE", "a case is a file of small letters, digits and dashes, ending in .json");
  const path = `mappings/${flow}/cases/${file}`;
  try {
    await mkdir(join(dir, "mappings", flow, "cases"), { recursive: true });
    const handle = await open(join(dir, path), "wx");
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST")
      throw new HubError("TL_CONFLICT", `there is a case ${path}`, { cure: "Give the case another name." });
    throw new HubError("TL_CONFLICT", `${path} cannot be written by the hub`, {
      cure: "Download the case, and bring it into the project folder by the way you use for its other changes.",
      cause: error,
    });
  }
  return path;
}
