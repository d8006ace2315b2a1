import { plural } from "../message/units.ts";
import type { AttemptEntry, MessageDetail, MessageExchange, SaidShape } from "./api-shape.ts";
import type { HubClient } from "./client.ts";
import { readPage } from "./read-page.ts";
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

/** The newest attempts of a delivery, in the order they were made. */
export interface ShownDelivery {
  readonly delivery: string;
  readonly attempts: readonly ShownAttempt[];
  /** How many were made before these. */
  readonly leftOut: number;
}

/**
 * Asks for what the newest attempts of each delivery sent and were answered, by a request for each; the hub writes down
 * that it was seen.
 */
export async function readExchanges(
  hub: HubClient,
  { id, deliveries }: MessageDetail,
  limit: number,
): Promise<readonly ShownDelivery[]> {
  const shown: ShownDelivery[] = [];
  for (const { id: delivery, sequence, tries } of deliveries) {
    const path = `/messages/${encodeURIComponent(id)}/deliveries/${sequence}/attempts`;
    const { items, next } = await readPage<AttemptEntry>(hub, path, {}, limit);
    const attempts: ShownAttempt[] = [];
    for (const { attempt, startedAt, code, exchanged } of items.toReversed()) {
      const exchange = exchanged ? await hub.get<MessageExchange>(`${path}/${attempt}`, { startedAt }) : null;
      attempts.push({ delivery, attempt, startedAt, code, exchange });
    }
    // More may have been made since the message was read.
    const leftOut = next === null ? 0 : Math.max(tries.length - attempts.length, 1);
    shown.push({ delivery, attempts, leftOut });
  }
  return shown;
}

/** What was shown and what was not, for programs. */
export function exchangesJson(shown: readonly ShownDelivery[]) {
  return {
    attempts: shown.flatMap(({ attempts }) => attempts),
    leftOut: Object.fromEntries(
      shown.filter(({ leftOut }) => leftOut > 0).map(({ delivery, leftOut }) => [delivery, leftOut]),
    ),
  };
}

export function exchangesText(terminal: Terminal, shown: readonly ShownDelivery[]): string {
  const texts = shown.flatMap(({ delivery, attempts, leftOut }) => [
    ...(leftOut === 0 ? [] : [paint(terminal, "dim", leftOutText(delivery, leftOut))]),
    ...attempts.map((one) => attemptText(terminal, one)),
  ]);
  return texts.length === 0 ? "No attempt has been made." : texts.join("\n\n");
}

function leftOutText(delivery: string, leftOut: number): string {
  return `left out: ${plural(leftOut, "earlier attempt")} of ${printable(delivery)}; --limit shows more`;
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
