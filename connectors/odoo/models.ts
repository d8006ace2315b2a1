import type { Json } from "tieline/connector";

/** What is read of a model unless the settings say otherwise. */
interface ModelDefault {
  /** Those that a module brings which is not installed are left out. */
  readonly fields: readonly string[];
  readonly expand: Readonly<Record<string, readonly string[]>>;
  readonly domain: readonly Json[];
}

export const MODELS: Readonly<Record<string, ModelDefault>> = {
  "res.partner": {
    fields: [
      ...[
        "name",
        "active",
        "is_company",
        "type",
        "parent_id",
        "ref",
        "email",
        "phone",
        "mobile",
        "vat",
        "lang",
      ],
      ...["street", "street2", "zip", "city", "state_id", "country_id"],
    ],
    expand: { country_id: ["code"], state_id: ["name"] },
    domain: [],
  },
  "sale.order": {
    fields: [
      ...["name", "state", "date_order", "commitment_date", "partner_id", "client_order_ref", "currency_id"],
      ...["amount_total", "amount_tax", "order_line", "picking_ids"],
    ],
    expand: {
      order_line: ["name", "display_type", "product_id", "product_uom_qty", "price_unit", "price_total"],
      picking_ids: ["state", "picking_type_code"],
    },
    domain: [],
  },
  "account.move": {
    fields: [
      ...["name", "move_type", "state", "payment_state", "partner_id", "invoice_date", "invoice_date_due"],
      ...["currency_id", "amount_total", "amount_tax", "amount_residual", "invoice_line_ids"],
    ],
    expand: {
      invoice_line_ids: ["name", "display_type", "product_id", "quantity", "price_unit", "price_total"],
    },
    domain: [["move_type", "in", ["out_invoice", "out_refund"]]],
  },
  "stock.picking": {
    fields: [
      "name",
      "state",
      "picking_type_code",
      "partner_id",
      "sale_id",
      "origin",
      "scheduled_date",
      "date_done",
    ],
    // The clock of the order, by which its status is newer or older than the rest of it.
    expand: { sale_id: ["write_date"] },
    domain: [["picking_type_code", "=", "outgoing"]],
  },
  "hr.employee": {
    fields: [
      ...["name", "active", "work_email", "work_phone", "mobile_phone", "job_title"],
      ...["department_id", "parent_id", "user_id"],
    ],
    expand: {},
    domain: [],
  },
};
