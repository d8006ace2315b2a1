import { distance } from "fastest-levenshtein";
import { ITEM, pathText, type SourceRef } from "../../mapping/lineage/source.ts";
import type { Read } from "../../mapping/lineage/tracer.ts";
import type { SchemaShape } from "../../schema/shape.ts";
import { didYouMean } from "../did-you-mean.ts";
import { type Judged, type Judgement, named, placeOf } from "./judgement.ts";

/** Fields that the input cannot have, and those it hardly has: a slip of the fingers in a schema that is open. */
export function judgeSources({ trace, input }: Judged): readonly Judgement[] {
  if (input === null) return [];
  const byNode = new Map<Read["node"], Read[]>();
  for (const read of trace.reads) byNode.set(read.node, [...(byNode.get(read.node) ?? []), read]);
  const found: Judgement[] = [];
  for (const [node, reads] of byNode) {
    const [read] = reads;
    if (read === undefined) continue;
    const place = placeOf(node, trace);
    // A function of the mapping may be called with this and that: it is wrong when it never finds anything.
    if (reads.every(({ missingIn }) => missingIn !== null)) {
      found.push({ severity: "error", place, ...missing(read, input.file, input.shape) });
    } else if (reads.length === 1) {
      const near = slip(read.ref, input.shape);
      if (near !== undefined && !isRead(near, read, trace.reads))
        found.push({
          severity: "warning",
          place,
          message: `${pathText(read.ref)} is not named in ${input.file}, which names ${near}`,
          cure: `Did you mean "${near}"? If not, name the field in the schema.`,
        });
    }
  }
  return found;
}

/** Whether the mapping reads the other name too, so that it means both. */
function isRead(name: string, { ref }: Read, reads: readonly Read[]): boolean {
  const path = pathText({ ...ref, steps: [...ref.steps.slice(0, -1), name] });
  return reads.some((other) => pathText(other.ref) === path);
}

function missing(read: Read, file: string, root: SchemaShape): Pick<Judgement, "message" | "cure"> {
  const within = read.missingIn as SourceRef;
  const name = String(read.ref.steps.at(-1));
  const shape = shapeAt(root, within);
  const where = named(pathText(within));
  const types = [...(shape?.types ?? [])].filter((type) => type !== "null");
  if (shape !== undefined && !shape.types.has("object")) {
    const kind = types.join(" or ") || "nothing but null";
    return {
      message: `${where} is ${kind} by ${file}, so it has no ${name}`,
      cure: "Correct the path, or the schema.",
    };
  }
  return {
    message: `${where} cannot have "${name}" by ${file}`,
    cure: didYouMean(name, shape?.names ?? []),
  };
}

function shapeAt(root: SchemaShape, { steps }: SourceRef): SchemaShape | undefined {
  let shape: SchemaShape | undefined = root;
  for (const step of steps)
    shape = step === ITEM ? shape?.item() : (shape?.member(String(step)).shape ?? undefined);
  return shape;
}

/** The name that was meant by one that an open schema does not know: other letter case, or one letter off. */
function slip(ref: SourceRef, root: SchemaShape): string | undefined {
  const name = ref.steps.at(-1);
  if (ref.below || typeof name !== "string") return undefined;
  const within = shapeAt(root, { ...ref, steps: ref.steps.slice(0, -1) });
  if (within === undefined || within.member(name).named) return undefined;
  return within.names.find((known) => known.toLowerCase() === name.toLowerCase() || isOneOff(known, name));
}

/** Words only: in codes such as NAME1 and NAME2, or BTGEW and NTGEW, one letter makes another field. */
function isOneOff(known: string, name: string): boolean {
  return name.length >= 5 && /^[a-z]+$/i.test(name) && /[a-z]/.test(name) && distance(known, name) === 1;
}
