import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

/** `live`: changes are told as they happen; `polling`: they are asked for; `lost`: the hub does not answer. */
export type LiveState = "live" | "polling" | "lost";

/** Between two looks that changes cause; milliseconds. */
const CALM_MS = 2000;

/** Mark of queries that show what may change by itself. */
export const LIVE = { live: true } as const;

/** Listens to the hub's changes and has everything that is on the screen and marked as live read again. */
export function useLive(): LiveState {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>("polling");
  useEffect(() => {
    const refresh = calmly(() => lookAgain(client));
    let source: EventSource | null = null;
    // A browser has six connections to a hub, for all its tabs together: those that nobody looks at leave theirs.
    const listen = (): void => {
      source?.close();
      source = document.hidden ? null : open(setState, refresh);
    };
    listen();
    document.addEventListener("visibilitychange", listen);
    return () => {
      document.removeEventListener("visibilitychange", listen);
      source?.close();
    };
  }, [client]);
  return state;
}

function open(tell: (state: LiveState) => void, refresh: () => void): EventSource {
  const source = new EventSource("/api/v1/stream");
  source.addEventListener("open", () => tell("live"));
  source.addEventListener("status", refresh);
  source.addEventListener("error", () => tell(source.readyState === source.CLOSED ? "lost" : "polling"));
  return source;
}

/** Reads again what is on the screen; nothing while nobody looks. */
export function lookAgain(client: QueryClient): void {
  if (document.hidden) return;
  void client.invalidateQueries({ predicate: (query) => query.meta?.["live"] === true });
}

/** At most once in a while, and once more after the last time it was asked for. */
function calmly(act: () => void): () => void {
  let last = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    if (timer !== undefined) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        last = Date.now();
        act();
      },
      Math.max(0, last + CALM_MS - Date.now()),
    );
  };
}
