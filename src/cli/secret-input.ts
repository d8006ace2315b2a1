import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** The first line of what is piped in, or what a person types unseen; empty when nothing comes. */
export async function readSecret(question: string): Promise<string> {
  const isTyped = process.stdin.isTTY === true;
  if (isTyped) process.stderr.write(question);
  // What is typed is echoed by this side, to nowhere.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output, terminal: isTyped });
  try {
    const [line] = (await Promise.race([once(reader, "line"), once(reader, "close").then(() => [""])])) as [
      string,
    ];
    return line;
  } finally {
    reader.close();
    if (isTyped) process.stderr.write("\n");
  }
}
