import { type PushSource, requireMediaType, requireSize } from "tieline/connector";

const LIMIT_BYTES = 64 * 1024;

/** What agents and the hub itself hand over: a note, a number to call, whom a call was given to. Nobody else reaches it. */
export function ownSource(): PushSource {
  return {
    kind: "push",
    own: true,
    limit: LIMIT_BYTES,
    receive(request) {
      requireSize(request, LIMIT_BYTES);
      requireMediaType(request, ["application/json"]);
      return { body: request.body };
    },
  };
}
