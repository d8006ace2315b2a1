import fc from "fast-check";
import { SaxesParser } from "saxes";
import { describe, expect, it } from "vitest";
import { failureText } from "../../src/cli/failure-text.ts";
import { progressLine } from "../../src/cli/progress.ts";
import { jsonText } from "../../src/cli/session.ts";
import { facts, table } from "../../src/cli/table.ts";
import { printable } from "../../src/cli/terminal.ts";
import { junitXml } from "../../src/cli/test/junit.ts";
import { parseMoment, showMoment } from "../../src/cli/units.ts";
import { HubError } from "../../src/errors.ts";
import { showBytes, showDuration } from "../../src/message/units.ts";
import { NOW } from "./support.ts";

describe("what a person reads", () => {
  it("columns are aligned, numbers to the right", () => {
    const rows = [
      { name: "a", n: 5 },
      { name: "long name", n: 1000 },
    ];
    const text = table(rows, [
      { title: "NAME", cell: (row) => row.name },
      { title: "N", cell: (row) => row.n },
      { title: "X", cell: () => null },
    ]);
    expect(text).toBe(["NAME          N  X", "a             5  -", "long name  1000  -"].join("\n"));
  });

  it("a painted cell takes the columns it shows", () => {
    const text = table(
      [{}, {}],
      [
        { title: "S", cell: () => "\u001b[31mparked\u001b[39m", painted: true },
        { title: "T", cell: () => "x" },
      ],
    );
    expect(text.split("\n")[0]).toBe("S       T");
  });

  it("facts that say nothing are left out", () => {
    expect(
      facts([
        ["key", "1"],
        ["longer", null],
        ["n", 0],
      ]),
    ).toBe("key  1\nn    0");
  });

  it("text from outside cannot move the cursor or turn the reading direction", () => {
    expect(printable("a\u001b[2Jb\u009bc\u202ed\ne")).toBe("a?[2Jb?c?d?e");
    expect(table([{}], [{ title: "KEY", cell: () => "\u001b]0;x\u0007" }])).toBe("KEY\n?]0;x?");
    expect(jsonText({ key: "\u009b2J\u001b" })).toBe('{\n  "key": "\\u009b2J\\u001b"\n}');
  });

  it("an unknown error is told without its text, which may quote data", () => {
    const terminal = { colour: false } as Parameters<typeof failureText>[0];
    expect(failureText(terminal, new TypeError("customer Ada Lovelace"))).not.toContain("Ada");
    expect(
      failureText(
        terminal,
        new HubError("TL_USAGE", "x", { issues: [{ message: "one" }, { message: "two" }] }),
      ),
    ).toMatch(/one\n.*two/);
  });

  it("times are ages or dates", () => {
    expect(parseMoment("2h", NOW)).toBe(NOW - 7_200_000);
    expect(parseMoment("7d", NOW)).toBe(NOW - 604_800_000);
    expect(parseMoment("2026-11-22", NOW)).toBe(Date.UTC(2026, 10, 22));
    expect(parseMoment("2026-11-22T01:30:00+01:00", NOW)).toBe(Date.UTC(2026, 10, 22, 0, 30));
    for (const wrong of ["", "2", "h", "-2h", "soon", "2026-13-45"])
      expect(() => parseMoment(wrong, NOW)).toThrow("neither");
  });

  it("times, lengths and sizes are short", () => {
    expect(showMoment(NOW)).toBe("2026-11-22 12:00:00Z");
    expect(showMoment(null)).toBe("-");
    expect([50, 9_500, 41_000, 7_500_000, 90_000_000].map(showDuration)).toEqual([
      "0.1s",
      "9.5s",
      "41s",
      "2h 5m",
      "1d 1h",
    ]);
    expect([312, 1400, 76_000_000_000].map(showBytes)).toEqual(["312 B", "1.4 kB", "76 GB"]);
  });

  it("a progress line tells share, rows, speed and what remains", () => {
    const first = { at: 0, rows: 0, progress: 0 };
    expect(progressLine(first, first)).toBe(`${"░".repeat(24)}    0%  0 rows`);
    const line = progressLine(first, { at: 5000, rows: 50_000, progress: 0.5 });
    expect(line).toBe(`${"█".repeat(12)}${"░".repeat(12)}   50%  50,000 rows  10,000 rows/s  eta 5.0s`);
    expect(progressLine(first, { at: 9000, rows: 100_000, progress: 1 })).not.toContain("eta");
  });

  it("a JUnit report is well-formed whatever the cases are called", () => {
    const xml = junitXml([
      { suite: "orders", name: 'a "b" <c> & \u0000', ms: 4, failure: "" },
      { suite: "orders", name: "bad", ms: 1500, failure: "output.x   expected 1\nfile" },
    ]);
    expect(xml).toContain('<testsuite name="orders" tests="2" failures="1" errors="0" time="1.504">');
    expect(xml).toContain('name="a &#34;b&#34; &#60;c&#62; &#38; \ufffd"');
    expect(xml).toContain('<failure message="output.x   expected 1">');
    expect(xml).not.toContain("\u0000");
  });

  it("whatever a case is named, the report is XML that gives the name back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        const names: string[] = [];
        const parser = new SaxesParser();
        parser.on("error", (error) => {
          throw error;
        });
        parser.on("opentag", (tag) => {
          if (tag.name === "testcase") names.push(String(tag.attributes["name"]));
        });
        parser.write(junitXml([{ suite: name, name, ms: 1, failure: name }])).close();
        // XML has no way to write most control characters, nor halves of a pair.
        expect(names).toEqual([
          name.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd"),
        ]);
      }),
    );
  });
});
