import { readFileSync } from "node:fs";
import { HubError } from "../errors.ts";

/**
 * The certificates by which a server must prove who it is.
 * @param setting that names the file, for the person who mends it
 * @throws HubError TL_CONFIG_INVALID when the file cannot be read
 */
export function readAuthority(path: string, setting: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new HubError(
      "TL_CONFIG_INVALID",
      `the file that \`sslrootcert\` of ${setting} names cannot be read`,
      {
        place: { file: path },
        cure: "Correct the path, or give the hub's user the right to read it.",
        cause: error,
      },
    );
  }
}
