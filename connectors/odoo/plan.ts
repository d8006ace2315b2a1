import { HubError, type JsonObject } from "tieline/connector";
import { cellsOf, referencesIn } from "./cells.ts";
import type { Fields } from "./fields.ts";
import { heldOf } from "./held.ts";
import { type Layout, layoutOf } from "./layout.ts";
import type { Message } from "./message.ts";
import { type Plan, planAlone, planWithLines, type Said } from "./plan-record.ts";
import { type Found, findRecords } from "./references.ts";
import type { Odoo } from "./rpc.ts";
import type { UpsertOptions } from "./settings.ts";

/** Plans what is written of messages, which share what must be asked for it. A HubError is why one of them cannot be. */
export type Planner = (messages: readonly Message[]) => Promise<readonly (Plan | HubError)[]>;

/** @param fieldsOf may throw an OdooFailure, as may the planner */
export function planner(
  odoo: Odoo,
  module: string,
  options: UpsertOptions,
  fieldsOf: (model: string) => Promise<Fields>,
): Planner {
  return async (messages) => {
    const layout = await layoutOf(options, fieldsOf);
    const { lines } = layout;
    const asked = messages.flatMap((message) => [
      ...referencesIn(message.row, layout),
      ...(lines === null ? [] : linesIn(message).flatMap((line) => referencesIn(line, lines))),
    ]);
    const found = await findRecords(odoo, module, asked);
    const said = messages.map((message) => orError(() => saidBy(message, layout, found)));
    const right = messages.filter((_, index) => !(said[index] instanceof HubError));
    const held = lines === null ? new Map() : await heldOf(odoo, module, { ...layout, lines }, right);
    return messages.map((message, index) => {
      const own = said[index] as Said | HubError;
      if (own instanceof HubError) return own;
      if (lines === null) return planAlone(message, own, module);
      return orError(() => planWithLines(message, own, held.get(message), { ...layout, lines }, module));
    });
  };
}

function linesIn({ lines }: Message): readonly JsonObject[] {
  return lines ?? [];
}

function saidBy(message: Message, layout: Layout, found: Found): Said {
  const { lines } = layout;
  const header = cellsOf(message.row, layout, found, ({ name }) => name);
  if (lines === null || message.lines === null) return { header, lines: null };
  const own = message.lines.map((line, index) => {
    const place = `/${lines.field}/${index}`;
    return {
      id: String(line["id"]),
      place,
      cells: cellsOf(line, lines, found, ({ field }) => `${place}/${field}`),
    };
  });
  return { header, lines: own };
}

/** One that is wrong is told apart: the others go on. */
function orError<Result>(work: () => Result): Result | HubError {
  try {
    return work();
  } catch (error) {
    if (error instanceof HubError) return error;
    throw error;
  }
}
