import { diffLines } from "./diff.ts";
import { Source } from "./source.tsx";

/** What goes and what comes from one text to another. */
export function DiffLines({ before, after }: { readonly before: string; readonly after: string }) {
  return (
    <Source lines>
      {diffLines(before, after).map(({ sign, text, at }) => (
        <div key={at} className={sign === "+" ? "add" : sign === "-" ? "del" : ""}>
          {sign} {text}
        </div>
      ))}
    </Source>
  );
}
