import { Type } from "@sinclair/typebox";
import type { Cause } from "../store/queries.ts";

/** A cause of failures as it stands in addresses: its fingerprint, and the number of the route whose deliveries fail. */
export const CauseText = Type.String({
  pattern: "^[0-9a-f]{12}(\\.[0-9]{1,15})?$",
  description: "Of /error-groups: with the group's flow and state, those that failed for this reason",
});

export function causeText({ fingerprint, route }: Cause): string {
  return route === null ? fingerprint : `${fingerprint}.${route}`;
}

/** @param text as the schema has checked it */
export function causeOf(text: string): Cause {
  const [fingerprint = "", route] = text.split(".");
  return { fingerprint, route: route === undefined ? null : Number(route) };
}
