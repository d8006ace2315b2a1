import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Problem } from "../api/client.ts";
import { Loaded } from "./loaded.tsx";
import { Pager } from "./pager.tsx";

/** A page of a list: what is on it, or why there is nothing, and the way to the others. */
export function Listed<One, Cursor extends string | number>({
  query,
  cursor,
  empty,
  onCursor,
  children,
}: {
  readonly query: UseQueryResult<{ readonly items: readonly One[]; readonly next: Cursor | null }, Problem>;
  readonly cursor: Cursor | undefined;
  /** What is said of a page with nothing on it. */
  readonly empty: ReactNode;
  readonly onCursor: (cursor: Cursor | undefined) => void;
  readonly children: (items: readonly One[]) => ReactNode;
}) {
  return (
    <Loaded query={query}>
      {({ items, next }) => (
        <>
          {items.length === 0 ? <p className="empty">{empty}</p> : children(items)}
          <Pager shown={items.length} cursor={cursor} next={next} onCursor={onCursor} />
        </>
      )}
    </Loaded>
  );
}
