import { createContext, type ReactNode, useContext, useMemo, useState } from "react";

interface Zone {
  /** IANA name all times on the page are told in. */
  readonly zone: string;
  readonly utc: boolean;
  toggle(): void;
}

const STORED = "tieline-zone";
const MINE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const Context = createContext<Zone>({ zone: MINE, utc: false, toggle: () => undefined });

/** One zone for the whole page, which the reader chooses: where the browser is, or UTC. */
export function ZoneProvider({ children }: { readonly children: ReactNode }) {
  const [utc, setUtc] = useState(() => localStorage.getItem(STORED) === "utc");
  const value = useMemo(
    () => ({
      zone: utc ? "UTC" : MINE,
      utc,
      toggle: () => {
        localStorage.setItem(STORED, utc ? "mine" : "utc");
        setUtc(!utc);
      },
    }),
    [utc],
  );
  return <Context value={value}>{children}</Context>;
}

export function useZone(): Zone {
  return useContext(Context);
}
