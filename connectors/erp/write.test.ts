import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Exchange } from "tieline/connector";
import { afterEach, describe, expect, it } from "vitest";
import erp from "./index.ts";

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** @param files of the project, by name */
function open(over: object = {}, files: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "tieline-erp-write-"));
  made.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const answers = {
    folder,
    name: "ANSWER-{sequence}-{id}.csv",
    format: { csv: { columns: ["id"] } },
    ...over,
  };
  const system = erp.open({ write: { answers } as never }, { system: "erp", dir: folder, now: () => 0 });
  const sink = system.sinks["answers"];
  if (sink === undefined) throw new Error("no sink");
  const told: Exchange[] = [];
  const send = (body: object, replay = "") =>
    sink.send(
      { id: `m-7.erp.answers${replay}`, sequence: 42, key: "k", body: body as never, attempt: 1 },
      new AbortController().signal,
      (one) => void told.push(one),
    );
  return { folder, system, send, told };
}

describe("files that are written", () => {
  it("bear the delivery in their name, and are the same when it is sent again", async () => {
    const { folder, system, send } = open();
    await system.check();
    const name = "ANSWER-000000000042-m-7.erp.answers.csv";
    expect(await send({ id: "x" })).toEqual({ answer: `${name}, 7 bytes` });
    await send({ id: "x" });
    await send({ id: "y" }, ".r1");
    expect(readdirSync(folder).sort()).toEqual([name, "ANSWER-000000000042-m-7.erp.answers.r1.csv"].sort());
    expect(readFileSync(join(folder, name), "utf8")).toBe("id\r\nx\r\n");
  });

  it("are refused when the message is wrong, and stop the route when the folder is", async () => {
    const { folder, system, send } = open();
    await expect(send({ other: 1 })).rejects.toMatchObject({ code: "TL_TARGET_REFUSED" });
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
    await expect(send({ id: 1 })).rejects.toMatchObject({ code: "TL_TARGET_ACCESS" });
    await expect(system.check()).rejects.toMatchObject({ code: "TL_TARGET_ACCESS" });
    writeFileSync(folder, "");
    chmodSync(folder, 0o600);
    await expect(send({ id: 1 })).rejects.toMatchObject({ code: "TL_TARGET_ACCESS" });
  });

  it("are told by name, folder and size, not by what they hold", async () => {
    const { folder, send, told } = open();
    await send({ id: "x" });
    await expect(send({ other: 1 })).rejects.toMatchObject({ code: "TL_TARGET_REFUSED" });
    rmSync(folder, { recursive: true });
    await expect(send({ id: 1 })).rejects.toMatchObject({ code: "TL_TARGET_ACCESS" });
    const line = "write ANSWER-000000000042-m-7.erp.answers.csv";
    const sent = { line, fields: { folder, bytes: "7" } };
    expect(told).toEqual([{ sent, answered: { line: "written" } }, { sent }]);
  });

  it("have the delivery in their name, or two would share a file", () => {
    expect(() => open({ name: "answers.csv" })).toThrow("write.answers: `name` lacks {id}");
  });

  it("say which of them cannot be", () => {
    const separators = { element: ":" };
    expect(() => open({ name: "{id}.edi", format: { edifact: { separators } } })).toThrow(
      expect.objectContaining({ code: "TL_CONFIG_INVALID", place: { field: "/write/answers" } }),
    );
  });
});

const EDIFACT = { interchange: { sender: "HUB", recipient: "ACME" } };
const INVOICE = {
  message: { type: "INVOIC", version: "D", release: "96A", agency: "UN" },
  segments: [{ tag: "BGM", e1: "380", e2: "R-1" }],
};

describe("an interchange that is written", () => {
  it("bears the delivery's number and the time at which it was stored, in each attempt", async () => {
    const { folder, system } = open({ name: "{id}.edi", format: { edifact: EDIFACT } });
    const delivery = { id: "m-7.erp.answers", sequence: 42, key: "k", body: INVOICE, attempt: 1 };
    const storedAt = Date.UTC(2026, 10, 28, 1, 59, 59);
    for (const attempt of [1, 2])
      await system.sinks["answers"]?.send({ ...delivery, storedAt, attempt }, new AbortController().signal);
    expect(readdirSync(folder)).toEqual(["m-7.erp.answers.edi"]);
    expect(readFileSync(join(folder, "m-7.erp.answers.edi"), "latin1")).toBe(
      "UNA:+.? 'UNB+UNOC:3+HUB+ACME+261128:0159+42'UNH+1+INVOIC:D:96A:UN'BGM+380+R-1'UNT+3+1'UNZ+1+42'",
    );
  });

  it("is refused at the place that lacks something", async () => {
    const { send } = open({ name: "{id}.edi", format: { edifact: { interchange: { sender: "HUB" } } } });
    await expect(send(INVOICE)).rejects.toMatchObject({
      code: "TL_TARGET_REFUSED",
      message: "record 1 lacks what its envelope needs: /interchange/recipient",
      place: { record: 1, field: "/interchange/recipient" },
    });
  });
});

describe("COBOL records that are written", () => {
  const over = { name: "{id}.dat", format: { cobol: { copybook: "order.cpy" } } };
  const COPYBOOK = "01 R.\n 05 ORDER-NO PIC X(4).\n 05 TOTAL PIC S9(3)V99 COMP-3.";

  it("are laid out by a copybook of the project", async () => {
    const { folder, send } = open(over, { "order.cpy": COPYBOOK });
    expect(await send([{ ORDER_NO: "A1", TOTAL: "12.50" }])).toEqual({
      answer: "m-7.erp.answers.dat, 7 bytes",
    });
    expect(readFileSync(join(folder, "m-7.erp.answers.dat"), "hex")).toBe("c1f1404001250c");
    await expect(send({ TOTAL: "1000.00" }, ".r1")).rejects.toMatchObject({
      code: "TL_TARGET_REFUSED",
      place: { record: 1, field: "/TOTAL" },
    });
  });

  it("need one that is there, and is understood", () => {
    expect(() => open(over)).toThrow("write.answers: the copybook order.cpy cannot be read (ENOENT)");
    expect(() => open(over, { "order.cpy": "01 R.\n 05 A PIK X." })).toThrow(
      expect.objectContaining({ place: { file: "order.cpy", line: 2, column: 2 } }),
    );
  });
});
