import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

const MEGABYTE = 1024 * 1024;
const RECORDS = 200_000;

/** A program of its own, since the memory of a test runner says little. Prints the bytes written, and peaks of memory. */
const PROGRAM = `
import { recordWriter } from "./src/format/write.ts";
const [definition, record] = process.argv.slice(1).map((text) => JSON.parse(text));
const { head, part, tail } = recordWriter(definition).open({ sequence: ${RECORDS}, date: "20261128", time: "020000" });
let bytes = head.length, early = 0, peak = 0;
for (let n = 1; n <= ${RECORDS}; n++) {
  bytes += part(record, n).length;
  if (n % 1000 === 0) peak = Math.max(peak, process.memoryUsage().rss);
  if (n < ${RECORDS / 4}) early = peak;
}
bytes += tail().length;
console.log(JSON.stringify({ bytes, early, peak }));
`;

const TEXT = "a longer text of a position".repeat(4);
const MESSAGE = {
  segments: [
    { tag: "BGM", e1: "380" },
    { tag: "FTX", e1: "AAI", e4: TEXT },
  ],
};
const EDIFACT = { type: "INVOIC", version: "D", release: "96A", agency: "UN" };
const ADDRESSED = { sender: "HUB", recipient: "ACME" };
const CONTROL = { MESTYP: "DEBMAS", SNDPOR: "HUB", SNDPRT: "LS", SNDPRN: "HUB", RCVPRT: "LS", RCVPRN: "ERP" };

describe("a file of many records", { timeout: 180_000 }, () => {
  it.each([
    ["edifact", { edifact: { interchange: ADDRESSED, message: EDIFACT, group: {} } }, MESSAGE],
    [
      "x12",
      { x12: { interchange: ADDRESSED, group: { type: "IN", version: "004010" }, message: { type: "810" } } },
      MESSAGE,
    ],
    [
      "cobol",
      { cobol: { copybook: "01 R.\n 05 A PIC X(120).\n 05 B PIC S9(9)V99 COMP-3." } },
      { A: TEXT, B: "-1.50" },
    ],
    ["idoc", { idoc: { type: "DEBMAS06", control: CONTROL } }, { E1KNA1M: { NAME1: TEXT } }],
  ])("of %s is written in no more memory than its first quarter", (_, definition, record) => {
    const run = spawnSync(
      process.execPath,
      [
        "--import",
        "tsx",
        "--input-type=module",
        "--eval",
        PROGRAM,
        JSON.stringify(definition),
        JSON.stringify(record),
      ],
      { encoding: "utf8" },
    );
    expect(run.stderr).toBe("");
    const { bytes, early, peak } = JSON.parse(run.stdout) as Record<"bytes" | "early" | "peak", number>;
    expect(bytes).toBeGreaterThan(RECORDS * 100);
    expect((peak - early) / MEGABYTE).toBeLessThan(48);
  });
});
