import type { PushSource } from "../connector/contract.ts";
import type { Answer } from "./answer.ts";

const JSON_TYPE = "application/json; charset=utf-8";

/** An item that is committed. */
export interface Taken {
  readonly id: string;
  readonly duplicate: boolean;
}

/** What a sender is answered whose items are all committed; of a batch it is told of each, in its order. */
export function answerOf({ answer: custom }: PushSource, taken: readonly Taken[], batch: boolean): Answer {
  const nothingNew = taken.every((one) => one.duplicate);
  return {
    status: custom?.status ?? (nothingNew ? 200 : 202),
    headers: {
      "content-type": custom?.contentType ?? JSON_TYPE,
      ...(nothingNew && taken.length > 0 ? { "idempotent-replayed": "true" } : {}),
    },
    text: custom?.body ?? (batch ? `{"items":[${taken.map(textOf).join()}]}` : taken.map(textOf).join()),
  };
}

/** Written by hand: the id is the hub's own and needs no escaping. */
function textOf({ id, duplicate }: Taken): string {
  return `{"id":"${id}","duplicate":${duplicate},"status":"/api/v1/messages/${id}"}`;
}
