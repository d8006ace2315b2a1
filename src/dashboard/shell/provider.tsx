import { Button, Divider } from "@mantine/core";
import type { Answer } from "../api/client.ts";

type Provider = NonNullable<Answer<"GET /session">["provider"]>;

/** Why the hub has sent a browser back without signing it in, and what its reader can do. */
const REASONS: Readonly<Record<string, string>> = {
  failed:
    "The provider's answer could not be used. Sign in again; when it goes on, an administrator finds the reason in the hub's log.",
  refused:
    "The provider knows you, but you may not use this hub: no group of yours has a role here, or you are disabled. Ask an administrator.",
  away: "The provider does not answer. Try again in a moment, or sign in below.",
};

/** The way in by the organization's provider, above that by a local account. */
export function ByProvider({ provider: { label, there } }: { readonly provider: Provider }) {
  const search = new URLSearchParams(location.search);
  const reason = REASONS[search.get("sign-in") ?? ""];
  search.delete("sign-in");
  const to = `${location.pathname}${search.size === 0 ? "" : `?${search}`}`;
  return (
    <>
      {reason === undefined ? null : (
        <p className="notice bad" role="alert">
          {reason}
        </p>
      )}
      <Button component="a" href={`/api/v1/session/oidc?to=${encodeURIComponent(to)}`} size="sm">
        {label}
      </Button>
      {there || reason === REASONS["away"] ? null : (
        <p className="notice warn">The provider did not answer when the hub asked it last.</p>
      )}
      <Divider label="or" />
    </>
  );
}
