import { HubError } from "../errors.ts";
import type { Kept } from "../message/kept.ts";
import type { Queries } from "../store/queries.ts";

const SETTING = "`retention` of tieline.yaml says for how long what is finished is kept.";

/** What is told of a number that nothing is kept of: it was forgotten, or there never was such a thing. */
export async function keptNoMore(
  queries: Queries,
  kind: Kept,
  number: number,
  what: string,
): Promise<HubError> {
  if (await queries.isForgotten(kind, number))
    return new HubError("TL_NOT_FOUND", `this ${what} is kept no more`, { cure: SETTING });
  return new HubError("TL_NOT_FOUND", `there is no ${what} of this id`);
}
