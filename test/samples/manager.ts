import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { amiReader } from "../../connectors/telephony/ami-reader.ts";
import type { Call } from "../../connectors/telephony/call.ts";
import { callBook } from "../../connectors/telephony/call-book.ts";

/** What telephone systems sent over their manager interface, recorded: three calls from outside, and one by a click. */
const RECORDED = ["ami-asterisk16.log", "ami-asterisk22.log"];
const AGENTS = new Set(["101", "102"]);
const WANTED = [
  "inbound +442079460123 101 ANSWERED 0",
  "inbound 004930901820 101 ANSWERED 0",
  "inbound withheld 101 ANSWERED 0",
  "outbound +442079460123 101 ANSWERED 2",
];

/** Replays each through the reader and the book of calls, cut in many ways; prints a line for each, and gives how many failed. */
export async function replayManager(samples: string): Promise<number> {
  let failed = 0;
  for (const name of RECORDED) {
    const bytes = await readFile(join(samples, "telephony/recorded", name));
    const wrong = [1, 7, 1_460, bytes.length].map((size) => replay(bytes, size)).find((got) => got !== null);
    if (wrong !== undefined) failed += 1;
    console.log(`${wrong === undefined ? "ok  " : "FAIL"} ${name}: calls ${WANTED.length}`);
    if (wrong !== undefined) console.log(`     expected ${WANTED.join("; ")}, got ${wrong}`);
  }
  return failed;
}

/** Null: as it is to be. */
function replay(bytes: Uint8Array, size: number): string | null {
  const read = amiReader();
  const book = callBook(AGENTS, () => 0);
  const calls = new Map<string, Call>();
  for (let from = 0; from < bytes.length; from += size) {
    for (const block of read(bytes.subarray(from, from + size))) {
      const call = book.take(block);
      if (call !== null) calls.set(call.id, call);
    }
  }
  const got = [...calls.values()].map(
    ({ direction, number, withheld, agent, disposition, talkSeconds }) =>
      `${direction} ${withheld ? "withheld" : number} ${agent} ${disposition} ${talkSeconds}`,
  );
  const complete = [...calls.values()].every(
    ({ stage, answeredAt, endedAt }) => stage === "recorded" && answeredAt !== null && endedAt !== null,
  );
  const same = complete && book.live().length === 0 && got.join() === WANTED.join();
  return same ? null : got.join("; ");
}
