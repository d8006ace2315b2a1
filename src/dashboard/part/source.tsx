import type { ReactNode } from "react";

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
