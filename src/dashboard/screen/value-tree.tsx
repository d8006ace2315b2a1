import { Button } from "@mantine/core";
import { type KeyboardEvent, useMemo, useState } from "react";
import { layOut, type Steps, type ValueLine } from "./field-path.ts";

/** More lines than this are laid out only when somebody asks. */
const FIRST_LINES = 1_500;

/** A value whose lines can be pointed at, by mouse or by the arrow keys. */
export function ValueTree({
  name,
  value,
  look,
  onPoint,
}: {
  readonly name: string;
  readonly value: unknown;
  /** Class of a line: how it is to stand out. */
  readonly look: (line: ValueLine) => string;
  /** Null: nothing is pointed at any more. */
  readonly onPoint: (steps: Steps | null) => void;
}) {
  const lines = useMemo(() => layOut(value), [value]);
  const [all, setAll] = useState(false);
  const [current, setCurrent] = useState(0);
  const shown = all ? lines : lines.slice(0, FIRST_LINES);
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    let next = current + by;
    while (shown[next]?.part === "end") next += by;
    if (shown[next] === undefined) return;
    setCurrent(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-at="${next}"]`)?.focus();
  };
  return (
    <>
      <div
        className="payload tree"
        role="listbox"
        aria-label={name}
        tabIndex={-1}
        onKeyDown={move}
        onMouseLeave={() => onPoint(null)}
        onBlur={() => onPoint(null)}
      >
        {shown.map((line, at) => (
          <div
            key={`${line.steps.join("/")} ${line.part}`}
            data-at={at}
            role="option"
            aria-selected={at === current}
            tabIndex={at === current ? 0 : -1}
            className={look(line)}
            style={{ paddingLeft: `${line.depth * 1.2 + 0.4}em` }}
            onMouseEnter={() => onPoint(line.steps)}
            onFocus={() => {
              setCurrent(at);
              onPoint(line.steps);
            }}
          >
            {line.text}
          </div>
        ))}
      </div>
      {shown.length === lines.length ? null : (
        <div className="foot">
          <Button size="compact-xs" variant="default" onClick={() => setAll(true)}>
            Show all {lines.length.toLocaleString("en")} lines
          </Button>
        </div>
      )}
    </>
  );
}
