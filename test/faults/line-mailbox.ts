import { randomBytes } from "node:crypto";
import { ImapFlow } from "imapflow";
import { tcpProxy } from "../fakes/tcp-proxy.ts";
import { postfix } from "../peers/postfix.ts";
import type { Crossing, LineKind } from "./crossing.ts";
import { lineFaults } from "./crossing-faults.ts";
import type { FaultRun } from "./fault.ts";
import type { Happening } from "./producer.ts";

const FOLDER = "Notes";

const imap: LineKind = {
  name: "IMAP",
  peer: "Dovecot by IMAP",
  faults: ["F01", "F20", "F21", "F22", "F24", "F27"],
  bytes: 1_500,
  // A server may be silent for two minutes while it is idled at.
  deadAfter: 180,
  open: openMailbox,
};

export const MAILBOX_FAULTS = lineFaults(imap);

/** A real mailbox, whose mails the hub deletes when it has them. */
async function openMailbox(run: FaultRun): Promise<Crossing> {
  const { env } = await run.peer(postfix);
  const password = env["TIELINE_PEER_PASSWORD"] ?? "";
  const port = Number(env["TIELINE_PEER_IMAP"]);
  const user = `fault-${randomBytes(6).toString("hex")}@crm.test`;
  /** A mail program of somebody else. */
  const program = async (): Promise<ImapFlow> => {
    const client = new ImapFlow({
      ...{ host: "127.0.0.1", port, secure: false, doSTARTTLS: false, logger: false },
      auth: { user, pass: password },
    });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  };
  const other = await program();
  await other.mailboxCreate(FOLDER);
  const line = await tcpProxy({ host: "127.0.0.1", port });
  const given: Happening[] = [];
  const give = async (notes: readonly Happening[]): Promise<void> => {
    for (const note of notes) await other.append(FOLDER, mailOf(note));
  };
  return {
    connector: "email",
    line,
    env: { PEER_PASSWORD: password },
    from: {
      settings: {
        imap: {
          url: `imap://${encodeURIComponent(user)}@127.0.0.1:${line.port}`,
          password: `\${env:PEER_PASSWORD}`,
        },
        mailboxes: { in: { folder: FOLDER, every: 1_000, after: "delete" } },
      },
      reads: ["in"],
      flow: {
        order: `key: $split(subject, "-")[0]\ncarries: change`,
        map: `{ "id": subject, "kind": "email", "subject": $split(subject, "-")[0], "text": text }`,
      },
      deaths: ["before_collect", "after_collect"],
      async put(notes) {
        given.push(...notes);
        await give(notes);
      },
      /** In a folder of the same name whose UIDs mean something else, and each mail lies there twice. */
      async again() {
        await other.mailboxDelete(FOLDER);
        await other.mailboxCreate(FOLDER);
        for (let time = 0; time < 2; time += 1) await give(given);
        return 2 * given.length;
      },
      async left() {
        const reader = await program();
        const { exists } = await reader.mailboxOpen(FOLDER, { readOnly: true });
        await reader.logout();
        return exists;
      },
    },
    to: null,
    async close() {
      await line.close();
      await other.logout().catch(() => undefined);
    },
  };
}

function mailOf({ id, n }: Happening): string {
  const head = [
    "From: Ann <ann@example.org>",
    "To: desk@crm.test",
    `Subject: ${id}`,
    `Message-ID: <${id}@example.org>`,
    "Date: Fri, 27 Nov 2026 10:00:00 +0100",
  ];
  return `${head.join("\r\n")}\r\n\r\nThis is number ${n}.\r\n`;
}
