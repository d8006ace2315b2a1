import { HubError } from "../errors.ts";

/** A customer's public id: `c-42`. */
export function customerId(id: number): string {
  return `c-${id}`;
}

/** The number behind `c-42`. @throws TL_USAGE when it is not such an id. */
export function parseCustomerId(text: string): number {
  const digits = /^c-([1-9]\d{0,14})$/.exec(text)?.[1];
  if (digits === undefined) throw new HubError("TL_USAGE", "a customer id looks like c-42");
  return Number(digits);
}
