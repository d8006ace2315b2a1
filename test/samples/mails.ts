import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMail } from "../../connectors/email/mail-record.ts";
import { HubError } from "../../src/errors.ts";
import { openFlowFolder } from "../mappings/flow-folder.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const FLOW = "email-inbox";

/**
 * Every mail of the samples through the example flow of the email connector, as the hub would after it read it from a
 * mailbox. Prints one line, and one for each that is refused; gives how many failed: what is refused says why, and no mail
 * gives another record when it is read again.
 */
export async function crossMails(samples: string): Promise<number> {
  const project = await mkdtemp(join(tmpdir(), "tieline-mails-"));
  try {
    await cp(join(ROOT, "connectors/email/example"), project, { recursive: true });
    await cp(join(ROOT, "schemas"), join(project, "schemas"), { recursive: true });
    return await crossFolder(openFlowFolder(project, FLOW), join(samples, "email"));
  } finally {
    await rm(project, { recursive: true });
  }
}

type Flow = ReturnType<typeof openFlowFolder>;

async function crossFolder(flow: Flow, folder: string): Promise<number> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".eml")).sort();
  let [mapped, remarked, failed] = [0, 0, 0];
  for (const name of names) {
    const raw = await readFile(join(folder, name));
    const mail = await readMail(raw);
    const again = await readMail(raw);
    const isSame = digest(mail.record) === digest(again.record) && mail.event === again.event;
    const end = mail.wrong ?? (await mappedBy(flow, mail.record));
    if (end instanceof HubError) console.log(`     ${name}: ${end.code}, ${end.message}`);
    else mapped += 1;
    if (Array.isArray(mail.record["remarks"]) && mail.record["remarks"].length > 0) remarked += 1;
    if (!isSame || (end instanceof HubError && end.message === "")) failed += 1;
  }
  const verdict = failed === 0 && names.length > 0 ? "ok  " : "FAIL";
  console.log(
    `${verdict} ${FLOW}: mails ${names.length}, mapped ${mapped}, refused ${names.length - mapped}, with remarks ${remarked}`,
  );
  return names.length === 0 ? 1 : failed;
}

async function mappedBy(flow: Flow, record: Parameters<Flow["prepare"]>[0]): Promise<unknown> {
  const info = { receivedAt: Date.UTC(2026, 10, 27), headers: {}, file: null, row: null };
  try {
    return (await flow.prepare(record, info)).mapped;
  } catch (error) {
    if (error instanceof HubError) return error;
    throw error;
  }
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
