import { join, resolve } from "node:path";
import { defineConnector, HubError, type Sink, type Source, type SystemContext } from "tieline/connector";
import { sourceFailure, targetFailure } from "./failure.ts";
import { type FileStore, fileStore } from "./file-store.ts";
import { connectImap, imapFailure, openFolder } from "./imap.ts";
import { mailbox } from "./mailbox.ts";
import { outgoing } from "./outgoing.ts";
import { type Server, serverOf } from "./server.ts";
import { type EmailOptions, EmailSettings } from "./settings.ts";
import { connectSmtp } from "./smtp.ts";

const CHECK_MS = 14_000;

export default defineConnector({
  name: "email",
  description: "Mailboxes that are read by IMAP, and mail that is sent by SMTP",
  settings: EmailSettings,
  open(settings, context) {
    const imap = settings.imap === undefined ? null : serverOf("imap", settings.imap, context);
    const smtp = settings.smtp === undefined ? null : serverOf("smtp", settings.smtp, context);
    return {
      sources: sourcesOf(settings, imap, context),
      sinks: sinksOf(settings, smtp, context),
      async check() {
        if (imap !== null) await checkImap(imap, settings);
        if (smtp !== null) await checkSmtp(smtp);
      },
      close: async () => undefined,
    };
  },
});

function sourcesOf(
  { mailboxes = {} }: EmailOptions,
  imap: Server | null,
  context: SystemContext,
): Record<string, Source> {
  const sources: Record<string, Source> = {};
  for (const [name, options] of Object.entries(mailboxes)) {
    if (imap === null) throw invalid("`mailboxes` needs `imap`", "Say in `imap` which server they are on.");
    if ((options.after === "move") !== (options.moveTo !== undefined))
      throw invalid("`after: move` and `moveTo` belong together", "Name the folder in `moveTo`.");
    sources[name] = mailbox(imap, options, mailFiles(context), context.now);
  }
  return sources;
}

function sinksOf(
  { outgoing: senders = {} }: EmailOptions,
  smtp: Server | null,
  context: SystemContext,
): Record<string, Sink> {
  const sinks: Record<string, Sink> = {};
  for (const [name, options] of Object.entries(senders)) {
    if (smtp === null) throw invalid("`outgoing` needs `smtp`", "Say in `smtp` which server takes the mail.");
    sinks[name] = outgoing(smtp, options, context);
  }
  return sinks;
}

/** Whole mails and attachments of a system: `<data>/mail/<system>`. */
function mailFiles({ data, system, now }: SystemContext): FileStore {
  return fileStore(join(resolve(data ?? "data"), "mail", system), now);
}

async function checkImap(imap: Server, { mailboxes = {} }: EmailOptions): Promise<void> {
  try {
    const client = await connectImap(imap, 1024 * 1024, AbortSignal.timeout(CHECK_MS));
    try {
      for (const { folder = "INBOX" } of Object.values(mailboxes)) await openFolder(client, folder, true);
    } finally {
      client.close();
    }
  } catch (error) {
    throw sourceFailure(error instanceof HubError ? error : imapFailure(error));
  }
}

async function checkSmtp(smtp: Server): Promise<void> {
  try {
    (await connectSmtp(smtp, AbortSignal.timeout(CHECK_MS))).quit();
  } catch (error) {
    throw targetFailure(error);
  }
}

function invalid(message: string, cure: string): HubError {
  return new HubError("TL_CONFIG_INVALID", message, { cure });
}
