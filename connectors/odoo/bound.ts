import { HubError } from "tieline/connector";
import type { UpsertOptions } from "./settings.ts";

/** Where Odoo deletes no line of a record any more: in these states a line that is gone has this quantity 0. */
export const BOUND: Readonly<
  Record<string, { readonly states: readonly string[]; readonly quantity: string }>
> = {
  "sale.order": { states: ["sale", "done"], quantity: "product_uom_qty" },
  "purchase.order": { states: ["purchase", "done"], quantity: "product_qty" },
};

/** @throws HubError TL_CONFIG_INVALID when the lines could be written and not taken back */
export function requireQuantity({ model, fields, lines }: UpsertOptions): void {
  const quantity = BOUND[model]?.quantity;
  if (lines === undefined) return;
  if (fields.some((name) => name === lines.field || name.startsWith(`${lines.field}/`)))
    throw new HubError("TL_CONFIG_INVALID", `\`fields\` names ${lines.field}, whose columns \`lines\` has`);
  if (quantity === undefined || lines.fields.includes(quantity)) return;
  throw new HubError("TL_CONFIG_INVALID", `\`lines.fields\` of ${model} does not name ${quantity}`, {
    cure: `Name it: of a confirmed order Odoo deletes no line, so ${quantity} of one that is gone becomes 0.`,
  });
}
