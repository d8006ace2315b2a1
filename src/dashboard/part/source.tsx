import { type ReactNode, useEffect, useRef } from "react";

/** A text as it is, such as a payload or a definition; what scrolls is reached by the keyboard. */
export function Source({
  lines = false,
  children,
}: {
  readonly lines?: boolean;
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <pre className={lines ? "payload lines" : "payload"} tabIndex={0}>
      {children}
    </pre>
  );
}

/** A text with one of its lines, counted from 1, marked and in view. */
export function SourceAt({ text, line }: { readonly text: string; readonly line: number }) {
  const mark = useRef<HTMLElement>(null);
  const lines = text.split("\n");
  useEffect(() => {
    mark.current?.scrollIntoView({ block: "center" });
  }, []);
  return (
    <Source>
      {lines.slice(0, line - 1).map((one) => `${one}\n`)}
      <mark ref={mark}>{lines[line - 1]}</mark>
      {lines.slice(line).map((one) => `\n${one}`)}
    </Source>
  );
}
