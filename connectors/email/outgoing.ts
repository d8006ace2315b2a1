import { HubError, type Said, type Sink, type SystemContext } from "tieline/connector";
import { type Composed, compose, mailboxOf } from "./compose.ts";
import { MailFailure, responseTo, targetFailure } from "./failure.ts";
import type { Server } from "./server.ts";
import type { OutgoingOptions } from "./settings.ts";
import { handOver, MailInDoubt } from "./smtp.ts";

/** Sends each delivery as one mail. @throws HubError TL_CONFIG_INVALID */
export function outgoing(server: Server, options: OutgoingOptions, context: SystemContext): Sink {
  const from = mailboxOf(options.from);
  if (from === null) {
    throw new HubError("TL_CONFIG_INVALID", "`from` is no address", {
      cure: "Write it like Tieline <crm@example.com>.",
    });
  }
  return {
    idempotent: options.idempotent,
    concurrency: options.concurrency ?? 4,
    async send(delivery, signal, tell) {
      const mail = await compose(delivery, {
        from,
        automatic: options.automatic ?? false,
        hub: `${context.hub ?? ""}/${context.system}`,
        now: context.now(),
      });
      const sent = saidOf(mail, server);
      try {
        const answer = await handOver(server, mail, signal);
        tell?.({ sent, answered: { line: answer } });
        return { answer };
      } catch (error) {
        const answer = responseTo(error);
        tell?.(answer === undefined ? { sent } : { sent, answered: { line: answer } });
        if (!(error instanceof MailInDoubt)) throw targetFailure(error);
        if (options.idempotent) throw targetFailure(new MailFailure("away", error.message, { cause: error }));
        throw new HubError("TL_IN_DOUBT", "the mail was handed over whole, and no answer came", {
          cause: error,
        });
      }
    },
  };
}

/** The mail itself is made of the delivery, attachments and all, so that it is not told a second time. */
function saidOf({ envelopeFrom, recipients, bytes }: Composed, { host, port }: Server): Said {
  return {
    line: `SMTP ${host}:${port}`,
    fields: {
      ...{ "MAIL FROM": `<${envelopeFrom ?? ""}>`, "RCPT TO": recipients.map((to) => `<${to}>`).join(", ") },
      bytes: String(bytes.byteLength),
    },
  };
}
