import { HubError } from "../../errors.ts";

/**
 * What went wrong with the provider, in the hub's words. Of the library's failure its code alone is passed on: its text and
 * what the provider wrote may quote tokens, or say whatever a stranger has put into an address.
 */
export function failureOf(error: unknown): HubError {
  if (error instanceof HubError) return error;
  const { code, name, error: said, cause } = error as FailureOfLibrary;
  const away = name === "TypeError" || code === "OAUTH_TIMEOUT" || (cause?.status ?? 0) >= 500;
  if (away) return new HubError("TL_TARGET_UNAVAILABLE", "the provider of sign-in does not answer");
  const told = [code, said].filter((word) => /^\w{1,60}$/.test(word ?? "")).join(", ");
  return new HubError(
    "TL_UNAUTHORIZED",
    `the provider's answer does not prove who it is (${told || "unknown"})`,
    {
      cure: "Sign in again; when it goes on, compare oidc in tieline.yaml with what the provider knows of this hub.",
    },
  );
}

interface FailureOfLibrary {
  readonly name?: string;
  readonly code?: string;
  /** OAuth's word, such as `invalid_grant`. */
  readonly error?: string;
  /** The answer that the library could not use. */
  readonly cause?: { readonly status?: number };
}
