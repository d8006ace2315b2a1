import { copyJson } from "../../border.ts";
import { HELPER_SIGNATURE, HELPERS } from "../../helper.ts";
import { sortWith } from "../../sort.ts";
import { evaluationTime, look, meter } from "../../watch.ts";
import * as call from "./call.ts";
import * as date from "./date.ts";
import * as filter from "./filter.ts";
import * as group from "./group.ts";
import * as list from "./list.ts";
import * as mark from "./mark.ts";
import * as native from "./native.ts";
import * as number from "./number.ts";
import * as operator from "./operator.ts";
import * as path from "./path.ts";
import * as regex from "./regex.ts";
import * as result from "./result.ts";
import * as sort from "./sort.ts";
import * as special from "./special.ts";
import * as text from "./text.ts";
import * as transform from "./transform.ts";
import * as tuple from "./tuple.ts";
import * as value from "./value.ts";

/** What generated code is made with. Functions of the host come with each mapping. */
const RUNTIME = {
  ...call,
  ...date,
  ...filter,
  ...group,
  ...list,
  ...mark,
  ...native,
  ...number,
  ...operator,
  ...path,
  ...regex,
  ...result,
  ...sort,
  ...special,
  ...text,
  ...transform,
  ...tuple,
  ...value,
  copied: copyJson,
  evaluationTime,
  look,
  meter,
  signature: native.signatureOf,
  sortWith,
};

/** Names that generated code may use; `native` finds functions of the library and of the host. */
export const RUNTIME_NAMES: readonly string[] = [...Object.keys(RUNTIME), "native"].sort();

/** @param hosts functions of the host, by name */
export function runtimeWith(hosts: ReadonlyMap<string, native.Native>): Readonly<Record<string, unknown>> {
  return { ...RUNTIME, native: (name: string) => hosts.get(name) ?? helperOf(name) ?? native.builtIn(name) };
}

/** A function of the hub's own. */
function helperOf(name: string): native.Native | undefined {
  const help = Object.hasOwn(HELPERS, name) ? HELPERS[name] : undefined;
  if (help === undefined) return undefined;
  const implementation = (text: unknown, option: unknown): unknown =>
    text === undefined ? undefined : help(text as string, option as string | undefined);
  return { name, implementation, signature: native.signatureOf(HELPER_SIGNATURE) };
}
