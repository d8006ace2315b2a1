import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { copyDurably, makeFolder } from "../connector/durable-file.ts";

/** Copies every plain file below `from` to the same place below `to`, each fsynced. Links are not followed. */
export async function copyTree(from: string, to: string): Promise<void> {
  await makeFolder(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isFile()) await copyFile(source, target);
  }
}

async function copyFile(from: string, to: string): Promise<void> {
  const file = await open(from, "r");
  try {
    await copyDurably(file, to);
  } finally {
    await file.close();
  }
}
