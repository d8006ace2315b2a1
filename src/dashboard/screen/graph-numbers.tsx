import { Link } from "@tanstack/react-router";
import type { Way } from "./graph-model.ts";

/** How much crossed just now, what is open and what is parked, each with its list. */
export function Numbers({ way, since }: { readonly way: Way; readonly since: string }) {
  const { flow, what, n, open, parked } = way;
  const applied = what === "applied" ? { outcome: "applied" } : {};
  return (
    <>
      <Link className="link" to="/messages" search={{ flow, since, ...applied }}>
        {n.toLocaleString("en")} {what}
      </Link>
      {open === 0 ? null : (
        <Link className="pill calm" to="/messages" search={{ flow, state: "open" }}>
          {open.toLocaleString("en")} open
        </Link>
      )}
      {parked === 0 ? null : (
        <Link className="pill bad" to="/messages" search={{ flow, state: "parked" }}>
          {parked.toLocaleString("en")} parked
        </Link>
      )}
    </>
  );
}
