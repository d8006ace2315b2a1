import { codeListPaths, parseCodeList } from "../config/code-list-file.ts";
import type { FlowDefinition } from "../config/flow-definition.ts";
import type { CodeList } from "../mapping/code-list.ts";
import { type LookUpCall, lookUpCalls } from "../mapping/look-up-calls.ts";
import { type LookUpDesk, lookUpDesk } from "../mapping/look-up-desk.ts";
import type { Place } from "../message/place.ts";

/** What expressions of one flow look up, and the desk where they ask. */
export interface FlowDesk extends LookUpDesk {
  readonly calls: readonly LookUpCall[];
  /** Code lists that are called for and that the texts do not have: they find nothing. */
  readonly lacking: readonly { readonly list: string; readonly place: Place }[];
  /** Where the expressions first call a function. */
  placeOf(name: string): Place;
}

/**
 * @param texts those of the flow version, with its code lists
 * @throws HubError TL_MAPPING_INVALID when a look-up is called wrongly, TL_CONFIG_INVALID when a code list is not one
 */
export function openFlowDesk(
  sources: readonly { readonly text: string; readonly path: string }[],
  texts: FlowDefinition["texts"],
): FlowDesk {
  const calls = sources.flatMap(({ text, path }) => lookUpCalls(text, path));
  const lists: Record<string, CodeList> = {};
  const lacking: { list: string; place: Place }[] = [];
  for (const { code, place } of calls) {
    if (code === null || Object.hasOwn(lists, code.list)) continue;
    const path = codeListPaths(code.list).find((one) => texts[one] !== undefined);
    if (path === undefined) lacking.push({ list: code.list, place });
    else lists[code.list] = parseCodeList(path, texts[path] ?? "");
  }
  const placeOf = (name: string): Place => calls.find((call) => call.name === name)?.place ?? {};
  return { ...lookUpDesk(lists, placeOf), calls, lacking, placeOf };
}
