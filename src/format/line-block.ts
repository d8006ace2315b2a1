import type { Line } from "./lines.ts";

/** Lines that follow one another, with the line ends they have in the file. */
export interface LineBlock {
  /** Line of the first one, from 1, and its offset. */
  readonly line: number;
  readonly offset: number;
  bytes: Buffer;
}

export function lineBlock(line: Line, bytes: Buffer): LineBlock {
  return { line: line.number, offset: line.offset, bytes: Buffer.from(bytes) };
}

/** Adds the line after those of the block. */
export function appendLine(block: LineBlock, line: Line, bytes: Buffer): void {
  const gap = line.offset - block.offset - block.bytes.length;
  block.bytes = Buffer.concat([block.bytes, Buffer.from(gap === 2 ? "\r\n" : "\n"), bytes]);
}
