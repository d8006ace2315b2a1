import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { neverInWindow } from "../../src/config/cron.ts";
import { didYouMean, nearest } from "../../src/config/did-you-mean.ts";
import { formatDuration, parseDuration } from "../../src/config/duration.ts";
import type { Finding } from "../../src/config/finding.ts";
import { formatIssues } from "../../src/config/format-issues.ts";
import { isPureReference, parseReferences } from "../../src/config/reference.ts";
import { formatSize, parseSize } from "../../src/config/size.ts";
import { isZone } from "../../src/config/zone.ts";
import { inspect, PUSH_FLOW, places } from "./project.ts";

describe("durations and sizes", () => {
  it("read as they are written", () => {
    expect(["25ms", "5s", "10m", "2h", "14d", "0s"].map(parseDuration)).toEqual([
      25, 5e3, 6e5, 7.2e6, 1_209_600_000, 0,
    ]);
    expect(["3B", "64KiB", "1MiB", "2GiB"].map(parseSize)).toEqual([3, 65_536, 1_048_576, 2_147_483_648]);
  });

  it.each(["", "5", "5 s", "-5s", "1.5h", "5S", "s", "1h30m"])("refuse %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
    expect(parseSize(text)).toBeUndefined();
  });

  it("are written so that they read the same", () => {
    fc.assert(fc.property(fc.nat(999_999_999), (number) => parseDuration(formatDuration(number)) === number));
    fc.assert(fc.property(fc.nat(999_999_999), (number) => parseSize(formatSize(number)) === number));
  });
});

describe("suggestions", () => {
  it.each([
    ["sytem", "system"],
    ["epr", "erp"],
    ["ZONE", "zone"],
    ["shedule", "schedule"],
    ["xyz", undefined],
    ["a", undefined],
  ])("%j means %j", (written, meant) => {
    expect(nearest(written, ["system", "erp", "zone", "schedule", "onError"])).toBe(meant);
  });

  it("say what there is when nothing is near", () => {
    expect(didYouMean("xyz", ["erp", "billing"])).toBe("There is erp, billing.");
    expect(didYouMean("xyz", [])).toBe("There is none yet.");
  });
});

describe("references", () => {
  it("are found within a text", () => {
    expect(parseReferences(`a\${env:B}c\${file:/d}\${data:e}\${env:F:-g}$\${h}\${i}`)).toEqual([
      { kind: "text", text: "a" },
      { kind: "env", name: "B", fallback: null },
      { kind: "text", text: "c" },
      { kind: "file", path: "/d" },
      { kind: "data", name: "e" },
      { kind: "env", name: "F", fallback: "g" },
      { kind: "text", text: `\${` },
      { kind: "text", text: "h}" },
      { kind: "wrong" },
    ]);
  });

  it("leave a text without them as it is", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parts = parseReferences(text.replaceAll(`\${`, `$$\${`));
        expect(parts.map((part) => (part.kind === "text" ? part.text : "?")).join("")).toBe(text);
      }),
    );
  });

  it.each([
    [`\${env:A}`, true],
    [`\${file:/a}`, true],
    [`\${data:a}`, true],
    [`\${env:A:-b}`, false],
    [`\${env:A:-}`, false],
    [`x\${env:A}`, false],
    [`\${env:A}\${env:B}`, false],
    [`$\${env:A}`, false],
    [`\${env:A`, false],
    ["secret", false],
    ["", false],
  ])("%j is a secret's reference: %j", (text, pure) => {
    expect(isPureReference(text)).toBe(pure);
  });
});

describe("time zones", () => {
  it.each(["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])("%s is one", (zone) => {
    expect(isZone(zone)).toBe(true);
  });
  it.each(["+01:00", "Mars/Olympus", "", "Europe/Berlin ", "GMT+1:00"])("%j is none", (zone) => {
    expect(isZone(zone)).toBe(false);
  });
});

describe("a window", () => {
  it.each([
    ["0 12 * * *", "01:00", "05:30", true],
    ["30 1 * * *", "01:00", "05:30", false],
    ["0 * * * *", "01:00", "05:30", false],
    ["0 * * * *", "01:10", "01:50", true],
    ["30 0,2,12 * * 1", "01:00", "05:30", false],
    ["30 0,12 * * 1", "01:00", "05:30", true],
    ["0 3 29 2 *", "01:00", "05:30", false],
    ["30 23 * * *", "22:00", "05:30", false],
    ["0 0 * * *", "22:00", "05:30", false],
    ["0 12 * * *", "22:00", "05:30", true],
    ["30 5 * * *", "01:00", "05:30", true],
    ["0 1 * * *", "01:00", "05:30", false],
  ])("%s never begins between %s and %s: %s", (cron, from, to, never) => {
    for (const zone of ["Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]) {
      expect(neverInWindow(cron, zone, from, to), zone).toBe(never);
    }
  });
});

describe("mistakes inside an expression", () => {
  const at = (key: string): string | undefined => {
    const { findings } = inspect({
      "mappings/shop/flow.yaml": PUSH_FLOW.replace("key: customer", () => key),
    });
    return places(findings)[0]?.split(" ")[0]?.replace("mappings/shop/flow.yaml:", "");
  };

  it.each([
    ["a plain text", "key: a b", "5:8"],
    ["single quotes", "key: 'a b'", "5:9"],
    ["double quotes", 'key: "a b"', "5:9"],
    ["quotes with escapes, at their beginning", "key: 'a ''x'' b c'", "5:6"],
    ["a literal block", "key: |\n  (\n    a b\n  )", "7:7"],
    ["a literal block after an empty line", "key: |\n\n    (\n      a b\n    )", "8:9"],
    ["a folded block, at its beginning", "key: >\n  a\n  b", "5:6"],
  ])("are placed in %s", (_, key, place) => {
    expect(at(key)).toBe(place);
  });
});

describe("findings in a terminal", () => {
  const finding: Finding = {
    place: { file: "mappings/erp/flow.yaml", line: 4, column: 3 },
    severity: "error",
    message: "source.sytem is not a known key",
    cure: 'Did you mean "system"?',
    excerpt: "  sytem: erp",
  };

  it("show the place, the line with a caret, the cure and the count", () => {
    expect(formatIssues([finding, { ...finding, severity: "warning", cure: null, excerpt: null }])).toBe(
      [
        "mappings/erp/flow.yaml:4:3: source.sytem is not a known key",
        "    4 |   sytem: erp",
        "      |   ^",
        '      Did you mean "system"?',
        "",
        "mappings/erp/flow.yaml:4:3: warning: source.sytem is not a known key",
        "",
        "1 error, 1 warning in 1 file",
        "",
      ].join("\n"),
    );
  });

  it("show the part of a long line that matters", () => {
    const place = { file: "x.json", line: 1, column: 5001 };
    const lines = formatIssues([
      { ...finding, place, excerpt: `${"a".repeat(5000)}b${"c".repeat(5000)}` },
    ]).split("\n");
    const caret = lines[2]?.indexOf("^") ?? -1;
    expect(lines[1]?.[caret]).toBe("b");
    expect(lines[1]?.length).toBeLessThan(140);
  });

  it("say nothing when there is nothing", () => {
    expect(formatIssues([])).toBe("");
  });
});
