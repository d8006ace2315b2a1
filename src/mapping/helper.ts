import type jsonata from "jsonata";
import { normaliseEmail } from "../message/email.ts";
import { normalisePhone } from "../message/phone.ts";
import { decimalText } from "./decimal.ts";
import type { HostFunctions } from "./host-function.ts";
import { isoDate } from "./iso-date.ts";

/** A text function of one subject and one option; nothing in, nothing out. */
type TextHelper = (text: string, option?: string) => string | undefined;

/** Longest text that a helper looks at; longer ones are none of what it knows. */
const HELPER_TEXT_LIMIT = 1_000;

/** The functions that mappings have beside JSONata's own; README.md tells what each promises. */
export const HELPERS: Readonly<Record<string, TextHelper>> = {
  decimal: limited(decimalText),
  email: limited((text) => normaliseEmail(text)),
  isoDate: limited(isoDate),
  phone: limited(normalisePhone),
};

export const HELPER_NAMES: readonly string[] = Object.keys(HELPERS);

/** How the library checks their arguments: a text or the context, and a text that may be missing. */
export const HELPER_SIGNATURE = "<s-s?:s>";

function limited(help: TextHelper): TextHelper {
  return (text, option) => (text.length > HELPER_TEXT_LIMIT ? undefined : help(text, option));
}

/** Makes the helpers and the functions of the host known to an expression of the library. */
export function registerFunctions(expression: jsonata.Expression, functions: HostFunctions): void {
  for (const [name, help] of Object.entries(HELPERS)) {
    const call = (text: string | undefined, option: string | undefined): string | undefined =>
      text === undefined ? undefined : help(text, option);
    expression.registerFunction(name, (text, option) => call(text, option), HELPER_SIGNATURE);
  }
  for (const [name, { call, signature }] of Object.entries(functions))
    expression.registerFunction(name, call as (...args: unknown[]) => unknown, signature);
}
