import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { compileFunction } from "node:vm";
import jsonata from "jsonata";

/** The library as it is published, and as it would be without what we do not follow it in. */
export interface References {
  readonly published: typeof jsonata;
  /** Members of arrays and objects one after the other: the first failure in the text is the one reported. */
  readonly inOrder: typeof jsonata;
  /** In order, and it does not write to its input. */
  readonly mended: typeof jsonata;
  /** All members are evaluated, also when one fails; `failures` has what all that failed threw. */
  readonly whole: typeof jsonata;
  readonly failures: Set<unknown>;
}

interface Change {
  readonly find: string;
  readonly put: string;
}

/** Members of an array, and values of an object: `members` is what goes through them. */
function memberWise(members: string): readonly Change[] {
  return [
    {
      find: "await Promise.all(expr.expressions\n                    .map(async (item, idx) => {",
      put: `await ${members}((expr.expressions\n                    ), (async (item, idx) => {`,
    },
    {
      find: "await Promise.all(utils.keys(groups).map(async (key, idx) => {",
      put: `await ${members}((utils.keys(groups)), (async (key, idx) => {`,
    },
  ];
}

/** Each of these changes an array or a value of the caller, and so what the rest of the expression sees. */
const READ_ONLY: readonly Change[] = [
  { find: "input.push(undefined);", put: "input = [undefined];" },
  {
    find: "resultSequence.keepSingleton = true;",
    put: "if(isSequence(resultSequence)) { resultSequence.keepSingleton = true; }",
  },
  { find: "if(typeof proc === 'object') {", put: "if(typeof proc === 'object' && isFunction(proc)) {" },
];

export function openReferences(): References {
  const failures = new Set<unknown>();
  return {
    published: jsonata,
    inOrder: changed(memberWise("inOrder")),
    mended: changed([...memberWise("inOrder"), ...READ_ONLY]),
    whole: changed(memberWise("whole"), failures),
    failures,
  };
}

function changed(changes: readonly Change[], failures = new Set<unknown>()): typeof jsonata {
  const file = createRequire(import.meta.url).resolve("jsonata");
  const text = changes.reduce(
    (before, { find, put }) => {
      const parts = before.split(find);
      if (parts.length !== 2) throw new Error(`jsonata is not the version this was written for: ${find}`);
      return parts.join(put);
    },
    readFileSync(file, "utf8"),
  );
  const module: { exports: unknown } = { exports: {} };
  compileFunction(text, ["module", "exports", "inOrder", "whole"], { filename: `${file}#changed` })(
    module,
    module.exports,
    inOrder,
    whole(failures),
  );
  return module.exports as typeof jsonata;
}

async function inOrder<Member, Result>(
  members: readonly Member[],
  make: Make<Member, Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const [index, member] of members.entries()) results.push(await make(member, index));
  return results;
}

type Make<Member, Result> = (member: Member, index: number) => Promise<Result>;

function whole(failures: Set<unknown>) {
  return async <Member, Result>(members: readonly Member[], make: Make<Member, Result>) => {
    const ends = await Promise.allSettled(members.map(make));
    for (const end of ends) if (end.status === "rejected") failures.add(end.reason);
    return ends.map((end) => {
      if (end.status === "rejected") throw end.reason;
      return end.value;
    });
  };
}
