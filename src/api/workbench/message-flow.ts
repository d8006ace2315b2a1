import type { FlowDefinition } from "../../config/flow-definition.ts";
import { HubError } from "../../errors.ts";
import type { MessageDetail } from "../../store/queries.ts";
import type { ApiDeps } from "../deps.ts";

/** The flow of a message, by the version that the message goes by. */
export interface MessageFlow {
  readonly definition: FlowDefinition;
  readonly hash: string;
  /** Whether that is the version in force. */
  readonly inForce: boolean;
}

/** @throws HubError TL_NOT_FOUND when the store has that version no more, TL_CONFIG_INVALID when it cannot be read */
export async function flowOfMessage(deps: ApiDeps, message: MessageDetail): Promise<MessageFlow> {
  const now = inForce(deps, message.flow);
  const hash = message.version?.hash;
  if (hash === undefined || hash === now?.hash) {
    if (now !== null) return { ...now, inForce: true };
    throw new HubError(
      "TL_NOT_FOUND",
      "the flow of this message is not in force, and its version is not known",
    );
  }
  const texts = await deps.queries.texts(message.flow, hash);
  if (texts === undefined)
    throw new HubError("TL_NOT_FOUND", "the version of the flow that this message goes by is kept no more");
  return { definition: deps.readFlow(message.flow, texts), hash, inForce: false };
}

/** The flow as it is in force now. @throws HubError TL_NOT_FOUND */
export function flowInForce(deps: ApiDeps, name: string): Omit<MessageFlow, "inForce"> {
  const now = inForce(deps, name);
  if (now !== null) return now;
  throw new HubError("TL_NOT_FOUND", "the flow of this message is not in force", {
    cure: "Put the flow's folder back, then come again.",
  });
}

function inForce(deps: ApiDeps, name: string): Omit<MessageFlow, "inForce"> | null {
  const entry = deps.flows().find(({ status }) => status.name === name);
  if (entry === undefined || entry.definition === null) return null;
  const hash = deps.status().flows.find((flow) => flow.name === name)?.hash ?? entry.status.hash;
  return { definition: entry.definition, hash: hash ?? "" };
}
