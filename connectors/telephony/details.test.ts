import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json, Pulled } from "tieline/connector";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { detailOfLine } from "./detail-line.ts";
import { details } from "./details.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tieline-cdr-"));
  file = join(folder, "Master.csv");
});
afterEach(() => rmSync(folder, { recursive: true }));

const line = (id: number, name = "Ada") =>
  `"","+442079460123","5550100","from-carrier","""${name}"" <+442079460123>","PJSIP/trunk-0000000a","PJSIP/101-0000000b","Dial","PJSIP/101,20","2026-11-22 23:39:30","2026-11-22 23:39:32","2026-11-22 23:39:39",9,7,"ANSWERED","DOCUMENTATION","1795390770.${id}"\n`;
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => line(from + n)).join("");

const source = () => details({ file, agents: new Set(["101"]), dir: ".", now: () => 0 });

/** Everything that follows a cursor. */
async function readAll(cursor: Json | null, limit = 1_000) {
  const ids: string[] = [];
  let pulled: Pulled = { items: [], cursor, more: true };
  while (pulled.more || pulled.items.length > 0) {
    pulled = await source().pull({ cursor: pulled.cursor, limit, signal: new AbortController().signal });
    for (const { body } of pulled.items)
      ids.push((JSON.parse(Buffer.from(body).toString()) as { call: string }).call);
  }
  return { ids, cursor: pulled.cursor };
}

const idsOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `1795390770.${from + n}`);

describe("the file that call records are appended to", () => {
  it("is read to its end and on from there, whatever the size of a batch", async () => {
    writeFileSync(file, lines(0, 1_000));
    for (const limit of [7, 100, 5_000]) expect((await readAll(null, limit)).ids).toEqual(idsOf(0, 1_000));
    const { cursor } = await readAll(null);
    appendFileSync(file, lines(1_000, 1_003));
    expect((await readAll(cursor)).ids).toEqual(idsOf(1_000, 1_003));
  });

  it("waits for the end of a line that is being written", async () => {
    writeFileSync(file, lines(0, 1) + line(1).slice(0, 50));
    const { ids, cursor } = await readAll(null);
    expect(ids).toEqual(idsOf(0, 1));
    appendFileSync(file, line(1).slice(50));
    expect((await readAll(cursor)).ids).toEqual(idsOf(1, 2));
  });

  it("is read to its end when it was rotated away, before the new one", async () => {
    writeFileSync(file, lines(0, 3));
    const { cursor } = await readAll(null);
    appendFileSync(file, lines(3, 5));
    renameSync(file, join(folder, "Master.csv.1"));
    writeFileSync(file, lines(5, 7));
    expect((await readAll(cursor)).ids).toEqual(idsOf(3, 7));
  });

  it("gives a line that is wrong with the reason, and goes on", async () => {
    writeFileSync(file, `${line(0)}"no end\n1,2,3\n${line(1)}`);
    const { items } = await source().pull({ cursor: null, limit: 10, signal: new AbortController().signal });
    expect(items.map(({ wrong }) => wrong?.code ?? null)).toEqual([
      null,
      "TL_DECODE_FAILED",
      "TL_DECODE_FAILED",
      null,
    ]);
  });
});

describe("a call record", () => {
  it("with quotes in the caller's name is read", () => {
    expect(detailOfLine(line(1, 'A, ""B""').trim())).toMatchObject({
      uniqueId: "1795390770.1",
      duration: 9,
      talk: 7,
    });
  });

  it("names its call where Asterisk writes the new columns", () => {
    expect(detailOfLine(`${line(2).trim()},"","1795390770.1",3`).linkedId).toBe("1795390770.1");
  });
});
