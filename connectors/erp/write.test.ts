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

function open(over: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), "tieline-erp-write-"));
  made.push(folder);
  const answers = {
    folder,
    name: "ANSWER-{sequence}-{id}.csv",
    format: { csv: { columns: ["id"] } },
    ...over,
  };
  const system = erp.open({ write: { answers } as never }, { system: "erp", now: () => 0 });
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
    expect(() => open({ name: "answers.csv" })).toThrow(
      expect.objectContaining({
        place: { field: "/write/answers" },
        message: expect.stringContaining("write.answers: `name` lacks {id}"),
      }),
    );
  });
});
