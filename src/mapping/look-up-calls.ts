import { HubError } from "../errors.ts";
import type { Place } from "../message/place.ts";
import { type AstNode, boundNames, calledName, nodesOf } from "./ast.ts";
import { LOOK_UP_NAMES } from "./look-up.ts";
import { lookUpDesk } from "./look-up-desk.ts";
import { parseMapping } from "./parse.ts";
import { placeAt, tokenStart } from "./position.ts";
import { testedPositions } from "./tested.ts";

/** The look-up functions without any answers, for reading mappings before there are any. */
export const LOOK_UPS = lookUpDesk({}, () => ({})).functions;

/** A look-up that a mapping makes. */
export interface LookUpCall {
  readonly name: string;
  readonly place: Place;
  /** The mapping says what holds where it gives nothing (tested.ts). */
  readonly tested: boolean;
  /** Of `$code`: its list and the columns it names, each undefined where it names none. */
  readonly code: {
    readonly list: string;
    readonly to: string | undefined;
    readonly from: string | undefined;
  } | null;
}

/** Fewest and most arguments, and those, counted from 0, that must stand in the mapping as texts. */
interface Form {
  readonly least: number;
  readonly most: number;
  readonly literals: readonly number[];
}

const FORMS: Readonly<Record<string, Form>> = {
  xref: { least: 2, most: 3, literals: [] },
  customer: { least: 2, most: 2, literals: [] },
  code: { least: 2, most: 4, literals: [0, 2, 3] },
};

/**
 * The look-ups of a mapping, in the order of its text. One that binds such a name has a function of its own, about which
 * nothing is said but that it may hide a look-up of the store.
 * @throws HubError TL_MAPPING_INVALID when one is called wrongly, or the text is not JSONata
 */
export function lookUpCalls(text: string, path: string): readonly LookUpCall[] {
  if (!LOOK_UP_NAMES.some((name) => text.includes(`$${name}`))) return [];
  const nodes = nodesOf(parseMapping(text, path).root);
  const bound = boundNames(nodes);
  const tested = testedPositions(nodes);
  const calls = usesOf(nodes).sort((a, b) => (a.node.position ?? 0) - (b.node.position ?? 0));
  return calls.flatMap(({ name, node, given, call }): LookUpCall[] => {
    const place = placeAt(text, tokenStart(text, node.position ?? 0, node.value), path);
    const known = { name, place, tested: tested.has(call.position ?? -1) };
    if (bound.has(name)) return name === "code" ? [] : [{ ...known, code: null }];
    refuseWrong(name, given, place);
    const [list, , to, from] = (given ?? []).map(literalText);
    return [{ ...known, code: name === "code" && list !== undefined ? { list, to, from } : null }];
  });
}

/** Whether a look-up needs the store, so that its answers change without the mapping. */
export function asksStore({ name }: LookUpCall): boolean {
  return name !== "code";
}

interface Use {
  readonly name: string;
  /** The node that names the function. */
  readonly node: AstNode;
  /** With the left side of `~>`, which comes first. Undefined: the function is handed on without being called. */
  readonly given: readonly AstNode[] | undefined;
  /** The node whose value is the answer. */
  readonly call: AstNode;
}

/** Every use of a look-up. Parents come before children, so that a call is met before the name in it. */
function usesOf(nodes: readonly AstNode[]): Use[] {
  /** What stands behind `~>`, with the whole. */
  const applied = new Map<AstNode, AstNode>();
  const called = new Set<AstNode>();
  const uses: Use[] = [];
  for (const node of nodes) {
    if (node.type === "apply" && node.rhs !== undefined) applied.set(node.rhs, node);
    const call = applied.get(node) ?? node;
    const left = call === node ? undefined : (call.lhs as AstNode);
    const name = calledName(node);
    if (name !== undefined && node.procedure !== undefined) {
      called.add(node.procedure);
      const first = left === undefined || node.type !== "function" ? [] : [left];
      note(name, node.procedure, [...first, ...(node.arguments ?? [])], call);
    } else if (node.type === "variable" && !called.has(node)) {
      note(node.value, node, left === undefined ? undefined : [left], call);
    }
  }
  return uses;

  function note(name: unknown, node: AstNode, given: Use["given"], call: AstNode): void {
    if (typeof name === "string" && LOOK_UP_NAMES.includes(name)) uses.push({ name, node, given, call });
  }
}

function refuseWrong(name: string, given: Use["given"], place: Place): void {
  const { least = 0, most = 0, literals = [] } = FORMS[name] ?? {};
  if (given !== undefined && (given.length < least || given.length > most)) {
    const takes = least === most ? `${least}` : `${least} to ${most}`;
    throw new HubError("TL_MAPPING_INVALID", `$${name} takes ${takes} arguments, not ${given.length}`, {
      place,
      cure: "They are listed in src/mapping/README.md, section Look-ups.",
    });
  }
  const vague = literals.find(
    (at) => given === undefined || (at < given.length && literalText(given[at]) === undefined),
  );
  if (vague === undefined) return;
  throw new HubError("TL_MAPPING_INVALID", `argument ${vague + 1} of $${name} must be a text in quotes`, {
    place,
    cure: "Write it where it is called, so that it is known before any record comes.",
  });
}

/** The text that an argument is, when it stands in the mapping as one. */
function literalText(argument: AstNode | undefined): string | undefined {
  return argument?.type === "string" && typeof argument.value === "string" ? argument.value : undefined;
}
