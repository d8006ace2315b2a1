import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Updated } from "./time.tsx";

/** The first line of a screen that lists something: its name, what narrows the list, and how fresh it is. */
export function Head({
  title,
  at,
  held = false,
  children,
}: {
  readonly title: string;
  /** When the list was read; milliseconds since 1970. */
  readonly at: number;
  /** Not read again now, since somebody works on it. */
  readonly held?: boolean;
  readonly children?: ReactNode;
}) {
  return (
    <div className="head">
      <Title order={1}>{title}</Title>
      {children}
      <span className="end">
        <Updated at={at} held={held} />
      </span>
    </div>
  );
}
