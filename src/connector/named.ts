import { type TOptional, type TRecord, type TSchema, type TString, Type } from "@sinclair/typebox";

/** What flows may write as the name of a source or sink. */
const NAME = "^[a-z][a-z0-9-]{0,63}$";

/** A settings field with sources or sinks of one kind, each under a name that its users choose. */
export function named<Options extends TSchema>(
  options: Options,
  description: string,
): TOptional<TRecord<TString, Options>> {
  const record = Type.Record(Type.String({ pattern: NAME }), options, {
    additionalProperties: false,
    description,
  });
  return Type.Optional(record);
}
