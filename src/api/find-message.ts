import { type Static, Type } from "@sinclair/typebox";
import { parseMessageId } from "../message/id.ts";
import type { MessageDetail } from "../store/queries.ts";
import type { ApiDeps } from "./deps.ts";
import { keptNoMore } from "./kept-no-more.ts";
import { closed } from "./schema.ts";

export const MessageParams = closed({
  id: Type.String({ pattern: "^m-[0-9]{1,15}$", description: "Such as m-4711" }),
});
export type MessageParams = Static<typeof MessageParams>;

/** @throws HubError TL_NOT_FOUND: it was forgotten, or there never was one */
export async function findMessage(deps: Pick<ApiDeps, "queries">, id: string): Promise<MessageDetail> {
  const place = parseMessageId(id);
  const found = await deps.queries.message(place);
  if (found === undefined) throw await keptNoMore(deps.queries, "messages", place, "message");
  return found;
}
