import { type Static, Type } from "@sinclair/typebox";
import { HubError } from "../errors.ts";
import { parseMessageId } from "../message/id.ts";
import type { MessageDetail } from "../store/queries.ts";
import type { ApiDeps } from "./deps.ts";
import { closed } from "./schema.ts";

export const MessageParams = closed({
  id: Type.String({ pattern: "^m-[0-9]{1,15}$", description: "Such as m-4711" }),
});
export type MessageParams = Static<typeof MessageParams>;

/** @throws HubError TL_NOT_FOUND */
export async function findMessage(deps: Pick<ApiDeps, "queries">, id: string): Promise<MessageDetail> {
  const found = await deps.queries.message(parseMessageId(id));
  if (found === undefined) throw noMessage();
  return found;
}

export function noMessage(): HubError {
  return new HubError("TL_NOT_FOUND", "there is no message of this id");
}
