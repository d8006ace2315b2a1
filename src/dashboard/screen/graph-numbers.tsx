import { Link } from "@tanstack/react-router";
import { counted } from "../part/counted.ts";
import type { Way } from "./graph-model.ts";

/** How much crossed just now, what is open and what is parked, each with its list. Rows that end well are in none. */
export function Numbers({ way, since }: { readonly way: Way; readonly since: string }) {
  const { flow, what, n, route, areRows, queued, parked } = way;
  const to = route === null ? {} : { to: route };
  const crossed = route === null ? { since } : { to: route, outcome: "applied", endedSince: since };
  return (
    <>
      {areRows ? (
        <span>
          {n.toLocaleString("en")} rows {what}
        </span>
      ) : (
        <Link className="link" to="/messages" search={{ flow, ...crossed }}>
          {n.toLocaleString("en")} {what}
        </Link>
      )}
      {queued === 0 ? null : (
        <Link className="pill calm" to="/messages" search={{ flow, ...to, state: "open" }}>
          {counted(queued)} open
        </Link>
      )}
      {parked === 0 ? null : (
        <Link className="pill bad" to="/messages" search={{ flow, ...to, state: "parked" }}>
          {counted(parked)} parked
        </Link>
      )}
    </>
  );
}
