import { Link, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { usePermissions } from "../api/may.ts";
import { useApi } from "../api/use.ts";
import { SCREENS } from "./screens.ts";

/** The way to every screen, with what waits for a person. */
export function Rail({ version }: { readonly version: string }) {
  const overview = useApi("GET /overview");
  const may = usePermissions();
  const parked = overview.data?.flows.reduce((sum, flow) => sum + flow.unmuted, 0) ?? 0;
  const rail = useRef<HTMLElement>(null);
  const path = useLocation({ select: ({ pathname }) => pathname });
  const screens = SCREENS.filter((screen) => !("permission" in screen) || may.includes(screen.permission));
  // On a phone it is wider than the page, and where one is may lie out of sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it scrolls when somebody goes elsewhere, and when the rail grows
  useEffect(() => {
    rail.current?.querySelector(".active")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [path, screens.length, parked > 0]);
  return (
    <nav className="rail" aria-label="Screens" ref={rail}>
      {screens.map(({ to, name }) => (
        <Link
          key={to}
          to={to}
          activeProps={{ className: "active" }}
          activeOptions={{ exact: to === "/", includeSearch: false }}
        >
          {name}
          {to === "/errors" && parked > 0 ? (
            <span className="count" title="Parked now and not muted: they wait for a person">
              {parked}
            </span>
          ) : null}
        </Link>
      ))}
      <span className="faint version">{version}</span>
    </nav>
  );
}
