/** The kinds of value that JSON has. */
export type JsonType = "array" | "boolean" | "null" | "number" | "object" | "string";

/** What is known of a place in the input before any record is seen: usually its schema. */
export interface SourceShape {
  /** The kinds of value that may stand there. */
  readonly types: ReadonlySet<JsonType>;
  /** Least number of items where it is an array. */
  readonly least: number;
  member(name: string): SourceMember;
  /** What an item is, where it is an array. */
  item(): SourceShape;
}

export interface SourceMember {
  /** Null: nothing can be there. */
  readonly shape: SourceShape | null;
  /** Whether the object cannot be without it. */
  readonly required: boolean;
  /** Whether anything is said of it. */
  readonly named: boolean;
}

/** A step of a source path: the name of a member, or an item of an array. */
export type Step = string | typeof ITEM;

export const ITEM: unique symbol = Symbol("item");

/** A place in the input. */
export interface SourceRef {
  readonly steps: readonly Step[];
  /** Anything at or below `steps`: a wildcard, a computed name or a function hides which. */
  readonly below: boolean;
  /** Null: not known. */
  readonly shape: SourceShape | null;
}

// `/lines/*/qty`, or `/lines/**` for anything at or below `/lines`; names are escaped as in a JSON pointer.
export function pathText({ steps, below }: Pick<SourceRef, "steps" | "below">): string {
  const path = steps.map((step) => `/${step === ITEM ? "*" : escaped(step)}`).join("");
  return below ? `${path}/**` : path;
}

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The items of a place, and the place itself where it may be something other than an array. */
export function itemRefs(ref: SourceRef): readonly SourceRef[] {
  if (ref.below || ref.shape === null || !ref.shape.types.has("array") || saysNothing(ref.shape))
    return [ref];
  const item: SourceRef = { steps: [...ref.steps, ITEM], below: false, shape: ref.shape.item() };
  return ref.shape.types.has("object") ? [item, ref] : [item];
}

/** A place where anything may be: whether it is an array is not known. */
function saysNothing({ types }: SourceShape): boolean {
  return types.size === TYPES;
}

const TYPES = 6;

/** A place whose exact depth is hidden. */
export function belowRef(ref: SourceRef): SourceRef {
  const isLeaf = ref.shape !== null && !ref.shape.types.has("object") && !ref.shape.types.has("array");
  return ref.below || isLeaf ? ref : { steps: ref.steps, below: true, shape: null };
}
