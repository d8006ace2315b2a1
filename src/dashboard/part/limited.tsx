import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";

/** The first of a list that has no pages, and all of it when asked; how many there are is said. */
export function Limited<One>({
  items,
  most,
  order,
  children,
}: {
  readonly items: readonly One[];
  readonly most: number;
  /** Which are the first, in words. */
  readonly order: string;
  readonly children: (items: readonly One[]) => ReactNode;
}) {
  const [all, setAll] = useState(false);
  const n = items.length;
  if (n <= most) return children(items);
  return (
    <>
      {children(all ? items : items.slice(0, most))}
      <div className="foot">
        <span>
          {all ? `all ${n}` : `${most} of ${n}`}, {order}
        </span>
        <Button size="compact-xs" variant="default" onClick={() => setAll(!all)}>
          {all ? `Show the first ${most}` : `Show all ${n}`}
        </Button>
      </div>
    </>
  );
}
