import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Mode, startTarget } from "./http-target.ts";
import { readLedger } from "./ledger.ts";

const cleaning: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleaning.splice(0).reverse()) await clean();
});

function ledgerFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "tieline-target-"));
  cleaning.push(() => rmSync(folder, { recursive: true }));
  return join(folder, "ledger.jsonl");
}

const post = (port: number, id: string, sequence: number, key = "K") =>
  fetch(`http://127.0.0.1:${port}/`, {
    method: "POST",
    headers: { "idempotency-key": id, "tieline-sequence": String(sequence) },
    body: JSON.stringify({ key }),
  });

describe("the fake target", () => {
  it.each<[Mode, boolean[]]>([
    ["dedupe", [true, false, true, true]],
    ["sequence", [true, false, false, true]],
    ["none", [true, true, true, true]],
  ])("in mode %s tells repetitions its own way", async (mode, effects) => {
    const target = await startTarget({ mode });
    cleaning.push(() => target.close());
    await post(target.port, "a", 5);
    await post(target.port, "a", 5);
    await post(target.port, "b", 4);
    await post(target.port, "c", 6);
    expect(target.requests.map((request) => request.effect)).toEqual(effects);
  });

  it("as a process of its own loses nothing that it answered to kill -9, and remembers it when started again", async () => {
    const ledger = ledgerFile();
    const first = await spawnTarget(ledger);
    for (let n = 1; n <= 20; n++) expect((await post(first.port, `d-${n}`, n)).status).toBe(200);
    first.child.kill("SIGKILL");
    expect(readLedger(ledger).map((entry) => entry.id)).toEqual(
      Array.from({ length: 20 }, (_, n) => `d-${n + 1}`),
    );
    const second = await spawnTarget(ledger);
    await post(second.port, "d-20", 20);
    await post(second.port, "d-21", 21);
    expect(
      readLedger(ledger)
        .slice(-2)
        .map(({ number, effect }) => [number, effect]),
    ).toEqual([
      [21, false],
      [22, true],
    ]);
  });
});

async function spawnTarget(ledger: string): Promise<{ child: ChildProcess; port: number }> {
  const program = new URL("http-target.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--import", "tsx", program, "--port", "0", "--ledger", ledger], {
    cwd: new URL("../../", import.meta.url).pathname,
    stdio: ["ignore", "pipe", "inherit"],
  });
  cleaning.push(() => child.kill("SIGKILL"));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    child.once("exit", (code) => reject(new Error(`the fake target ended with ${code}`)));
  });
  return { child, port: (JSON.parse(line) as { port: number }).port };
}
