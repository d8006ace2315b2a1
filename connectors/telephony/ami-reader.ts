import { StringDecoder } from "node:string_decoder";

/** One block of the Asterisk Manager Interface: names with the values they had first. */
export type AmiBlock = ReadonlyMap<string, string>;

/** UTF-16 units of one block; a channel's events have about a thousand. */
const LARGEST_BLOCK = 256 * 1024;
/** The first line that Asterisk sends belongs to no block. */
const GREETING = /^Asterisk Call Manager\//;

/**
 * Cuts the bytes of a connection into blocks, which end with an empty line. Only CR LF ends a line: a line feed within a
 * value, such as the name that a caller sent, begins none.
 * @returns a function that takes what came and gives the blocks that are whole
 * @throws Error when a block does not end
 */
export function amiReader(): (chunk: Uint8Array) => AmiBlock[] {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let block = new Map<string, string>();
  let size = 0;

  return (chunk) => {
    const whole: AmiBlock[] = [];
    rest += decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    let from = 0;
    for (let end = rest.indexOf("\r\n"); end >= 0; end = rest.indexOf("\r\n", from)) {
      const line = rest.slice(from, end);
      from = end + 2;
      if (line === "") {
        if (block.size > 0) whole.push(block);
        block = new Map();
        size = 0;
      } else if (!GREETING.test(line)) {
        size += line.length;
        addLine(block, line);
      }
      if (size > LARGEST_BLOCK) break;
    }
    rest = rest.slice(from);
    if (size + rest.length > LARGEST_BLOCK) throw new Error("a block of the manager does not end");
    return whole;
  };
}

/** `Name: value`; a line that names nothing is output of a command and is of no use here. */
function addLine(block: Map<string, string>, line: string): void {
  const colon = line.indexOf(":");
  if (colon < 1) return;
  const name = line.slice(0, colon);
  if (!block.has(name)) block.set(name, line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1));
}

/** An action as it is sent. @throws RangeError when a value would begin another line */
export function amiAction(action: string, fields: Readonly<Record<string, string>>): string {
  const lines = [["Action", action], ...Object.entries(fields)].map(([name, value]) => `${name}: ${value}`);
  for (const line of lines) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are meant
    if (/[\r\n\u0000]/.test(line)) throw new RangeError("a value for the manager holds a line break");
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}
