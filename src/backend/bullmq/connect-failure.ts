import { HubError } from "../../errors.ts";

/** Why Redis cannot be used, with what mends it. The server's own texts may quote anything, so only its code is passed on. */
export function redisFailure(error: unknown): HubError {
  if (error instanceof HubError) return error;
  const code = codeOf(error);
  const refusal = REFUSALS[code];
  if (refusal !== undefined)
    return new HubError("TL_CONFIG_INVALID", `Redis refuses the hub (${code})`, {
      cause: error,
      cure: refusal,
    });
  const cure = CURES[code];
  return new HubError("TL_DISPATCH_UNAVAILABLE", `Redis cannot be used (${code})`, {
    cause: error,
    ...(cure === undefined ? {} : { cure }),
  });
}

/** What the settings are to blame for. */
const REFUSALS: Readonly<Record<string, string>> = {
  WRONGPASS: "Correct user and password in `dispatch` of tieline.yaml.",
  NOAUTH: "The server asks for a password: put a reference to it into `dispatch` of tieline.yaml.",
  NOPERM:
    "Give the hub's user the keys of its queue and what BullMQ needs: ~bull:{tieline}:* +@all -@dangerous +info.",
  "no such database":
    "Correct the number at the end of the URL in `dispatch`, or raise `databases` in redis.conf.",
};

const AUTHORITY = "Name the file with the server's authority in the URL: ?sslrootcert=PATH.";
const SCHEME = "Compare the URL with the server: rediss:// where it speaks TLS, redis:// where it does not.";

/** What passes, by the code of the system, of TLS or of Redis. */
const CURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Start Redis, and compare its address with `dispatch` of tieline.yaml.",
  "no answer in time": "Look what holds Redis up, and whether something between drops what the hub sends.",
  ENOTFOUND: "Correct the host in `dispatch` of tieline.yaml.",
  OOM: "Raise `maxmemory` of Redis, or empty it: the hub keeps nothing there that it could not do without.",
  READONLY: "Name the primary in `dispatch` of tieline.yaml: this one is a replica.",
  DEPTH_ZERO_SELF_SIGNED_CERT: AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: AUTHORITY,
  ERR_TLS_CERT_ALTNAME_INVALID: "Write the host in the URL as the server's certificate names it.",
  ERR_SSL_WRONG_VERSION_NUMBER: SCHEME,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: SCHEME,
};

/** The system's or TLS's code, the word an answer of Redis begins with, or what the driver says of a silent line. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if ("code" in error && typeof error.code === "string") return error.code;
  if (/DB index/.test(error.message)) return "no such database";
  if (/timed out/.test(error.message)) return "no answer in time";
  if (/closed/.test(error.message)) return "the connection ended";
  return /^(?:Ready check failed: )?([A-Z]{2,})\b/.exec(error.message)?.[1] ?? error.name;
}
