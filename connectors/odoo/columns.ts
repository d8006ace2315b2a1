/** A column of what is written: `name`, `country_id/id`, `product_id/default_code`. */
export interface Column {
  readonly name: string;
  readonly field: string;
  /**
   * How it names the record that it refers to: `id` by external id, `.id` by Odoo's number, else by that field of it; null: it
   * is no reference.
   */
  readonly by: string | null;
}

export function columnOf(name: string): Column {
  const [field = "", by = null] = name.split("/", 2);
  return { name, field, by };
}

/** Whether Odoo's import finds the record by itself. */
export function isOdoos({ by }: Column): boolean {
  return by === null || by === "id" || by === ".id";
}
