import { needProgram } from "../fakes/debian.ts";
import { PeerMissing } from "./bench.ts";

/** Makes sure that a program is there, by Debian's package where that may be installed. @throws PeerMissing */
export async function needTool(program: string, debianPackage: string): Promise<void> {
  await needProgram(program, debianPackage).catch((error: Error) => {
    throw new PeerMissing(error.message);
  });
}
