import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { code, one, setup } from "./drop-folder-setup.ts";

describe("path traversal and odd names in a drop folder", () => {
  const ODD = [
    "März.csv",
    "with space.csv",
    "semi;colon.csv",
    "quote'.csv",
    'double".csv',
    "$(id).csv",
    "`id`.csv",
    "a&b.csv",
    "new\nline.csv",
    "tab\t.csv",
    "bell\u0007.csv",
    "\u202egnp.csv",
    "a\\..\\up.csv",
    "C:evil.csv",
    "%2e%2e%2fup.csv",
    "a*b.csv",
    "a|b.csv",
    "a<b>.csv",
    "全角.csv",
    `${"n".repeat(125)}.csv`,
  ];
  it.each(ODD)("leaves %j in place and reports it", async (name) => {
    const { drop, source, names } = setup();
    drop(name);
    expect(await source.list()).toEqual([]);
    expect(names()).toEqual([name]);
    const [refusal] = source.refusals?.() ?? [];
    expect(refusal?.code).toBe("TL_FILE_NAME");
    expect(refusal?.place?.file).not.toMatch(/\p{Cc}|\u202e/u);
  });

  it.each([".hidden.csv", "a.csv.tmp", "a.csv.part", ".a.csv.swp"])(
    "passes over %j without a word",
    async (name) => {
      const { drop, open } = setup({ pattern: "*" });
      const source = open("hub-a");
      drop(name);
      expect(await source.list()).toEqual([]);
      expect(source.refusals?.()).toEqual([]);
    },
  );

  it("refuses symbolic links and folders, and never reads through them", async () => {
    const { root, inbox, source, archive } = setup();
    writeFileSync(join(root, "secret"), "secret");
    symlinkSync(join(root, "secret"), join(inbox, "link.csv"));
    mkdirSync(join(inbox, "folder.csv"));
    expect(await source.list()).toEqual([]);
    expect(
      source
        .refusals?.()
        .map((error) => error.place?.file)
        .sort(),
    ).toEqual(["folder.csv", "link.csv"]);
    expect(await code(source.claim({ name: "link.csv", size: 6, modified: 0 }, archive))).toBe(
      "TL_FILE_BUSY",
    );
    expect(existsSync(archive)).toBe(false);
  });

  it.each(["../../etc/passwd", "..", ".", "", "a/b.csv", "/etc/passwd", "a\0.csv"])(
    "refuses an offer named %j in every method",
    async (name) => {
      const { source, archive } = setup();
      const offer = { name, size: 0, modified: 0 };
      async function* nothing() {
        yield Buffer.from("");
      }
      for (const work of [
        () => source.claim(offer, archive),
        () => source.settle(offer),
        () => source.release(offer),
        () => source.reject!(name, nothing()),
      ]) {
        expect(await code(work())).toBe("TL_FILE_NAME");
      }
    },
  );

  it("refuses a claim folder that is a link to somewhere else", async () => {
    const { root, inbox, drop, source, archive } = setup();
    mkdirSync(join(root, "elsewhere"));
    symlinkSync(join(root, "elsewhere"), join(inbox, ".tieline"));
    drop("a.csv");
    const offer = await one(source.list());
    expect(await code(source.claim(offer, archive))).toBe("TL_SOURCE_UNAVAILABLE");
    expect(readdirSync(join(root, "elsewhere"))).toEqual([]);
  });

  it("does not write a reject file through a planted link", async () => {
    const { root, inbox, source } = setup();
    writeFileSync(join(root, "victim"), "untouched");
    mkdirSync(join(inbox, "rejected"));
    symlinkSync(join(root, "victim"), join(inbox, "rejected", ".a.csv.tmp"));
    async function* content() {
      yield Buffer.from("rows");
    }
    await source.reject?.("a.csv", content());
    expect(readFileSync(join(root, "victim"), "utf8")).toBe("untouched");
    expect(readFileSync(join(inbox, "rejected", "a.csv"), "utf8")).toBe("rows");
  });

  it("takes a hard-linked file, as some senders publish that way", async () => {
    const { root, inbox, source, archive, names } = setup();
    writeFileSync(join(root, "out"), "rows");
    linkSync(join(root, "out"), join(inbox, "a.csv"));
    const offer = await one(source.list());
    await source.claim(offer, archive);
    await source.settle(offer);
    expect(names()).toEqual([]);
    expect(statSync(join(root, "out")).size).toBe(4);
  });
});
