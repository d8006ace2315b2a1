import type { Answer } from "../api/client.ts";

/** One message with its history, as the API shows it. */
export type Detail = Answer<"GET /messages/{id}">;
