import { ActionIcon, Button, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { call } from "../api/client.ts";
import { type LiveState, useLive } from "../api/live.ts";
import { useApi } from "../api/use.ts";
import mark from "../mark.svg";
import { useZone } from "../part/zone.tsx";
import { Keys } from "./keys.tsx";
import { Rail } from "./rail.tsx";
import { Search } from "./search.tsx";

const LIVE_WORDS: Readonly<Record<LiveState, string>> = {
  live: "live: changes are shown as they happen",
  polling: "asks every 15 s: the stream of changes is not there",
  lost: "the hub does not answer; what is shown is old",
};

/** The frame around every screen. */
export function Shell() {
  const live = useLive();
  const status = useApi("GET /status");
  return (
    <div className="frame">
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="top">
        <Link className="brand" to="/">
          <img src={mark} alt="" /> Tieline
        </Link>
        <Search />
        <div className="end">
          <ZoneSwitch />
          <Tooltip label={LIVE_WORDS[live]}>
            <span role="status" aria-label={LIVE_WORDS[live]}>
              <span className={`dot ${live}`} /> <span className="faint">{live}</span>
            </span>
          </Tooltip>
          <SchemeSwitch />
          <Account />
        </div>
      </header>
      <Rail version={status.data?.version ?? ""} />
      <main id="main" tabIndex={-1}>
        {status.data?.diskLow === true ? (
          <p className="notice bad">The disk is nearly full, so the hub accepts nothing. Free some space.</p>
        ) : null}
        {status.data?.backlogFull === true ? (
          <p className="notice warn">So much is waiting that senders are asked to wait.</p>
        ) : null}
        <Outlet />
      </main>
      <Keys />
    </div>
  );
}

function ZoneSwitch() {
  const { zone, toggle } = useZone();
  return (
    <Tooltip label="Zone of all times on the page: yours or UTC">
      <Button variant="default" onClick={toggle}>
        {zone}
      </Button>
    </Tooltip>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme();
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <Tooltip label={`Show it ${other}`}>
      <ActionIcon aria-label={`Show it ${other}`} onClick={() => setColorScheme(other)}>
        {scheme === "dark" ? "☀" : "☾"}
      </ActionIcon>
    </Tooltip>
  );
}

/** Who is signed in, and the way out. */
function Account() {
  const client = useQueryClient();
  const session = useApi("GET /session", { live: false });
  if (session.data?.auth !== "token") return null;
  const signOut = async (): Promise<void> => {
    const { leave } = await call("DELETE /session");
    client.clear();
    location.assign(leave ?? "/");
  };
  return (
    <>
      <Link className="link" to="/account">
        {session.data.user?.name ?? "Account"}
      </Link>
      <Button variant="subtle" color="gray" onClick={() => void signOut()}>
        Sign out
      </Button>
    </>
  );
}
