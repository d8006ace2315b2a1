import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { dropFolder } from "../../src/connector/drop-folder.ts";
import type { HubError } from "../../src/errors.ts";
import { code, one, setup } from "./drop-folder-setup.ts";

describe("a drop folder", () => {
  it("copies a claimed file to the archive with its hash, and takes it away only when settled", async () => {
    const { source, drop, archive, names, claims } = setup();
    drop("a.csv", "KUNNR\n4711\n");
    const offer = await one(source.list());
    const claimed = await source.claim(offer, archive);
    expect(readFileSync(archive, "utf8")).toBe("KUNNR\n4711\n");
    expect(claimed).toEqual({
      name: "a.csv",
      size: 11,
      sha256: createHash("sha256").update("KUNNR\n4711\n").digest("hex"),
    });
    expect(names()).toEqual(["a.csv"]);
    await source.settle(offer);
    expect(names()).toEqual([]);
    expect(claims()).toEqual([]);
    await source.settle(offer);
    expect(await source.list()).toEqual([]);
  });

  it("offers in the order of names, or of modification times", async () => {
    const { inbox, drop, source } = setup();
    for (const [index, name] of ["c.csv", "a.csv", "b.csv"].entries()) {
      drop(name);
      utimesSync(join(inbox, name), 1000 + index, 1000 + index);
    }
    expect((await source.list()).map((offer) => offer.name)).toEqual(["a.csv", "b.csv", "c.csv"]);
    const byTime = dropFolder(
      { inbox, pattern: "*.csv", stable: 1, order: "mtime" },
      { system: "x", now: () => 0 },
    );
    expect((await byTime.list()).map((offer) => offer.name)).toEqual(["c.csv", "a.csv", "b.csv"]);
  });

  it("F29: does not offer a file that grows between two looks", async () => {
    const { inbox, drop, source } = setup({ stable: 120 });
    drop("a.csv", "half");
    const looking = source.list();
    await pause(40);
    writeFileSync(join(inbox, "a.csv"), "half and more");
    expect(await looking).toEqual([]);
    expect((await source.list()).map((offer) => offer.size)).toEqual([13]);
  });

  it("F29: does not offer a file that was replaced by one of the same size and time", async () => {
    const { inbox, root, drop, source } = setup({ stable: 120 });
    drop("a.csv", "one");
    utimesSync(join(inbox, "a.csv"), 1000, 1000);
    const looking = source.list();
    await pause(40);
    writeFileSync(join(root, "new"), "two");
    utimesSync(join(root, "new"), 1000, 1000);
    renameSync(join(root, "new"), join(inbox, "a.csv"));
    expect(await looking).toEqual([]);
  });

  it("F29: refuses to claim a file that changed after it was listed, and leaves no trace", async () => {
    const { inbox, drop, source, archive, names } = setup();
    drop("a.csv", "one");
    const offer = await one(source.list());
    writeFileSync(join(inbox, "a.csv"), "one and two");
    expect(await code(source.claim(offer, archive))).toBe("TL_FILE_BUSY");
    expect(existsSync(archive)).toBe(false);
    await expect(names()).toEqual(["a.csv"]);
    const again = await one(source.list());
    expect((await source.claim(again, archive)).size).toBe(11);
  });

  it("F29: refuses a file that a writer changes while it is copied", async () => {
    const { inbox, drop, source, archive } = setup();
    drop("a.csv", "x".repeat(48 * 1024 * 1024));
    const offer = await one(source.list());
    const claiming = code(source.claim(offer, archive));
    // The claim record is there from before the first byte is read.
    while (!existsSync(join(inbox, ".tieline", "a.csv.data"))) await pause(1);
    writeFileSync(join(inbox, "a.csv"), "y", { flag: "a" });
    expect(await claiming).toBe("TL_FILE_BUSY");
    expect(existsSync(archive)).toBe(false);
  });

  it("F29: refuses a file of which a writer changes one byte while it is copied", async () => {
    const { inbox, drop, source, archive } = setup();
    drop("a.csv", "x".repeat(48 * 1024 * 1024));
    const offer = await one(source.list());
    const claiming = code(source.claim(offer, archive));
    while (!existsSync(join(dirname(archive), ".f-1.tmp"))) await pause(1);
    const file = openSync(join(inbox, "a.csv"), "r+");
    writeSync(file, "y", 0);
    closeSync(file);
    // As a tool would that keeps modification times.
    utimesSync(join(inbox, "a.csv"), offer.modified / 1000, offer.modified / 1000);
    expect(await claiming).toBe("TL_FILE_BUSY");
    expect(existsSync(archive)).toBe(false);
  });

  it("waits for the marker, and removes it with the file", async () => {
    const { drop, source, archive, names } = setup({ done: "*.ok", stable: 0 });
    drop("a.csv");
    expect(await source.list()).toEqual([]);
    drop("a.csv.ok", "");
    const offer = await one(source.list());
    await source.claim(offer, archive);
    await source.settle(offer);
    expect(names()).toEqual([]);
  });

  it("never takes a marker for a file", async () => {
    const { drop, source } = setup({ pattern: "*", done: "{stem}.ok", stable: 0 });
    drop("a.csv");
    drop("a.ok", "");
    expect((await source.list()).map((offer) => offer.name)).toEqual(["a.csv"]);
  });

  it("F30: of two hubs racing for one file exactly one gets it", async () => {
    const { root, open, drop } = setup();
    for (let round = 0; round < 20; round++) {
      drop(`f${round}.csv`, `round ${round}`);
    }
    const [a, b] = [open("hub-a"), open("hub-b")];
    const [offersA, offersB] = await Promise.all([a.list(), b.list()]);
    const results = await Promise.all(
      offersA.map(async (offer, index) => {
        const other = offersB[index]!;
        return (
          await Promise.all([
            code(a.claim(offer, join(root, "archive-a", offer.name))),
            code(b.claim(other, join(root, "archive-b", other.name))),
          ])
        ).sort();
      }),
    );
    expect(results).toHaveLength(20);
    for (const result of results) expect(result).toEqual(["TL_FILE_BUSY", "resolved"]);
    expect(await b.list()).toEqual([]);
  });

  it("F30: the same hub does not take a file twice while it is in work", async () => {
    const { source, drop, archive } = setup();
    drop("a.csv");
    const offer = await one(source.list());
    const results = await Promise.all([
      code(source.claim(offer, archive)),
      code(source.claim(offer, archive)),
    ]);
    expect(results.sort()).toEqual(["TL_FILE_BUSY", "resolved"]);
    expect(await source.list()).toEqual([]);
  });

  it("offers a file again that was released", async () => {
    const { source, drop, archive, claims } = setup();
    drop("a.csv");
    const offer = await one(source.list());
    await source.claim(offer, archive);
    await source.release(offer);
    expect(claims()).toEqual([]);
    expect(await source.list()).toEqual([offer]);
  });

  it("finds its own claim again after a crash, and leaves another hub's alone", async () => {
    const { open, source, drop, archive, names, later } = setup();
    drop("a.csv");
    const offer = await one(source.list());
    await source.claim(offer, archive);
    const other = open("hub-b");
    expect(await other.list()).toEqual([]);
    expect(other.refusals?.()).toEqual([]);
    later(2 * 3_600_000);
    expect(await other.list()).toEqual([]);
    expect(other.refusals?.().map((error) => [error.code, error.place?.file])).toEqual([
      ["TL_FILE_BUSY", "a.csv"],
    ]);
    const restarted = open("hub-a");
    expect(await restarted.list()).toEqual([offer]);
    await restarted.claim(offer, archive);
    await restarted.settle(offer);
    expect(names()).toEqual([]);
  });

  it("settles after a crash without claiming again, since the store already owns the file", async () => {
    const { open, source, drop, archive, names, claims } = setup();
    drop("a.csv");
    const offer = await one(source.list());
    await source.claim(offer, archive);
    await open("hub-a").settle(offer);
    expect(names()).toEqual([]);
    expect(claims()).toEqual([]);
  });

  it("finishes a settle that a crash cut in two, at each step", async () => {
    for (const step of ["marker", "aside", "removed"]) {
      const { inbox, open, source, drop, archive, names, claims } = setup({ done: ".ok", stable: 0 });
      drop("a.csv");
      drop("a.csv.ok", "");
      const offer = await one(source.list());
      await source.claim(offer, archive);
      unlinkSync(join(inbox, "a.csv.ok"));
      if (step === "aside") renameSync(join(inbox, "a.csv"), join(inbox, ".tieline", "a.csv.gone"));
      if (step === "removed") unlinkSync(join(inbox, "a.csv"));
      const restarted = open("hub-a");
      const offers = await restarted.list();
      expect(offers).toEqual(step === "marker" ? [offer] : []);
      await restarted.settle(offer);
      expect(names(), step).toEqual([]);
      expect(claims(), step).toEqual([]);
    }
  });

  it("keeps a file that was put under the same name after the claim", async () => {
    const { inbox, root, source, drop, archive, names } = setup();
    drop("a.csv", "old");
    const offer = await one(source.list());
    await source.claim(offer, archive);
    writeFileSync(join(root, "new"), "new");
    renameSync(join(root, "new"), join(inbox, "a.csv"));
    await source.settle(offer);
    expect(names()).toEqual(["a.csv"]);
    expect(readFileSync(join(inbox, "a.csv"), "utf8")).toBe("new");
    expect(await one(source.list())).toMatchObject({ name: "a.csv", size: 3 });
  });

  it("keeps a file that was written to after the claim", async () => {
    const { inbox, source, drop, archive } = setup();
    drop("a.csv", "old");
    const offer = await one(source.list());
    await source.claim(offer, archive);
    writeFileSync(join(inbox, "a.csv"), " and more", { flag: "a" });
    await source.settle(offer);
    expect(readFileSync(join(inbox, "a.csv"), "utf8")).toBe("old and more");
    expect(await one(source.list())).toMatchObject({ size: 12 });
  });

  it("puts a newer file back that a crash left moved aside", async () => {
    const { inbox, root, open, source, drop, archive } = setup();
    drop("a.csv", "old");
    const offer = await one(source.list());
    await source.claim(offer, archive);
    writeFileSync(join(root, "new"), "newer");
    renameSync(join(root, "new"), join(inbox, "a.csv"));
    renameSync(join(inbox, "a.csv"), join(inbox, ".tieline", "a.csv.gone"));
    expect(await one(open("hub-a").list())).toMatchObject({ size: 5 });
    expect(readFileSync(join(inbox, "a.csv"), "utf8")).toBe("newer");
  });

  it("writes the reject file whole, and the same again when repeated", async () => {
    const { inbox, source, drop } = setup();
    async function* content() {
      yield Buffer.from("line 1\n");
      yield Buffer.from("line 2\n");
    }
    for (let time = 0; time < 2; time++) {
      await source.reject?.("a.csv.rejected.csv", content());
      expect(readdirSync(join(inbox, "rejected"))).toEqual(["a.csv.rejected.csv"]);
      expect(readFileSync(join(inbox, "rejected", "a.csv.rejected.csv"), "utf8")).toBe("line 1\nline 2\n");
    }
    drop("a.csv");
    expect(await source.list()).toHaveLength(1);
  });

  it("leaves no half reject file when the rows break off", async () => {
    const { inbox, source } = setup();
    async function* content() {
      yield Buffer.from("line 1\n");
      throw new Error("rows broke off");
    }
    await expect(source.reject?.("a.csv", content())).rejects.toThrow("rows broke off");
    expect(readdirSync(join(inbox, "rejected"))).toEqual([]);
  });

  it("says which folder is missing, and what to do", async () => {
    const { inbox, source } = setup();
    rmSync(inbox, { recursive: true });
    const error = await source.list().then(
      () => undefined,
      (thrown: unknown) => thrown as HubError,
    );
    expect(error).toMatchObject({ code: "TL_SOURCE_UNAVAILABLE", place: { file: inbox } });
    expect(error?.message).toContain("ENOENT");
  });
});
