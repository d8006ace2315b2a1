import type { MessageDetail, MessageExchange, SaidShape } from "./api-shape.ts";
import type { HubClient } from "./client.ts";
import { paint, printable, type Terminal } from "./terminal.ts";

/** An attempt with what it sent and was answered. */
export interface ShownAttempt {
  readonly delivery: string;
  readonly attempt: number;
  readonly startedAt: string;
  readonly code: string | null;
  /** Null: nothing is kept of it. */
  readonly exchange: MessageExchange | null;
}

/** Asks for what each attempt of a message sent and was answered; the hub writes down that it was seen. */
export async function readExchanges(
  hub: HubClient,
  { id, deliveries }: MessageDetail,
): Promise<readonly ShownAttempt[]> {
  const shown: ShownAttempt[] = [];
  for (const delivery of deliveries) {
    for (const { attempt, startedAt, code, exchanged } of delivery.tries) {
      const path = `/messages/${encodeURIComponent(id)}/deliveries/${delivery.sequence}/attempts/${attempt}`;
      const exchange = exchanged ? await hub.get<MessageExchange>(path, { startedAt }) : null;
      shown.push({ delivery: delivery.id, attempt, startedAt, code, exchange });
    }
  }
  return shown;
}

export function exchangesText(terminal: Terminal, attempts: readonly ShownAttempt[]): string {
  if (attempts.length === 0) return "No attempt has been made.";
  return attempts.map((one) => attemptText(terminal, one)).join("\n\n");
}

function attemptText(terminal: Terminal, { delivery, attempt, startedAt, exchange }: ShownAttempt): string {
  const title = paint(terminal, "bold", printable(`${delivery}, attempt ${attempt} at ${startedAt}`));
  if (exchange === null) return `${title}\nNothing is kept of what it sent.`;
  const answered = exchange.answered === null ? ["no answer came"] : said("<", exchange.answered);
  return [title, ...said(">", exchange.sent), ...answered].join("\n");
}

function said(mark: string, { line, fields, body }: SaidShape): readonly string[] {
  const lines = [line, ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`)];
  const text = body === null ? [] : ["", ...body.text.split("\n").map(printable)];
  return [...lines.map((one) => `${mark} ${printable(one)}`), ...text];
}
