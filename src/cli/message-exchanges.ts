import { plural } from "../message/units.ts";
import { MOST_EARLIER_TRIES } from "../store/queries.ts";
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
  /** How many were made before these, as far as the hub counts. */
  readonly leftOut: number;
  readonly more: boolean;
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
  for (const { id: delivery, sequence, tries, earlierTries } of deliveries) {
    const path = `/messages/${encodeURIComponent(id)}/deliveries/${sequence}/attempts`;
    const { items, next } = await readPage<AttemptEntry>(hub, path, {}, limit);
    const attempts: ShownAttempt[] = [];
    for (const { attempt, startedAt, code, exchanged } of items.toReversed()) {
      const exchange = exchanged ? await hub.get<MessageExchange>(`${path}/${attempt}`, { startedAt }) : null;
      attempts.push({ delivery, attempt, startedAt, code, exchange });
    }
    // More may have been made since the message was read.
    const leftOut = next === null ? 0 : Math.max(tries.items.length + earlierTries - attempts.length, 1);
    shown.push({ delivery, attempts, leftOut, more: earlierTries >= MOST_EARLIER_TRIES });
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
  const texts = shown.flatMap((one) => [
    ...(one.leftOut === 0 ? [] : [paint(terminal, "dim", leftOutText(one))]),
    ...one.attempts.map((attempt) => attemptText(terminal, attempt)),
  ]);
  return texts.length === 0 ? "No attempt has been made." : texts.join("\n\n");
}

function leftOutText({ delivery, leftOut, more }: ShownDelivery): string {
  const count = `${plural(leftOut, "earlier attempt")}${more ? " or more" : ""}`;
  return `left out: ${count} of ${printable(delivery)}; --limit shows more`;
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
