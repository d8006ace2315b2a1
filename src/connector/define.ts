import { type TSchema, type TString, Type } from "@sinclair/typebox";
import type { Connector } from "./contract.ts";

/** Types a connector by its settings. */
export function defineConnector<Settings extends TSchema>(
  connector: Connector<Settings>,
): Connector<Settings> {
  return connector;
}

/** A settings field that must be written `${env:NAME}` or `${file:PATH}` and is never shown. */
export function secret(options: { description: string; minLength?: number }): TString {
  return Type.String({ ...options, secret: true });
}
