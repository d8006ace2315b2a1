import { HubError, type Sink, type SystemContext } from "tieline/connector";
import { compose, mailboxOf } from "./compose.ts";
import { MailFailure, targetFailure } from "./failure.ts";
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
    async send(delivery, signal) {
      const mail = await compose(delivery, {
        from,
        automatic: options.automatic ?? false,
        hub: `${context.hub ?? ""}/${context.system}`,
        now: context.now(),
      });
      try {
        return { answer: await handOver(server, mail, signal) };
      } catch (error) {
        if (!(error instanceof MailInDoubt)) throw targetFailure(error);
        if (options.idempotent) throw targetFailure(new MailFailure("away", error.message, { cause: error }));
        throw new HubError("TL_IN_DOUBT", "the mail was handed over whole, and no answer came", {
          cause: error,
        });
      }
    },
  };
}
