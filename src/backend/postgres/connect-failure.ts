import { HubError } from "../../errors.ts";
import { codeOf, storeFailure } from "./failure.ts";

/** Why a connection cannot be opened, with what mends it. */
export function connectFailure(error: unknown): HubError {
  if (error instanceof HubError) return error;
  const code = codeOf(error);
  const cure =
    CURES[code] ?? TEXT_CURES.find(([text]) => error instanceof Error && text.test(error.message))?.[1];
  if (cure === undefined) return storeFailure(error, "the database cannot be opened");
  return new HubError("TL_STORE_FAILED", `the database cannot be opened (${code})`, { cause: error, cure });
}

const AUTHORITY = "Name the file with the server's authority in the URL: ?sslrootcert=PATH.";

/** By SQLSTATE, or the code of the system or of TLS. */
const CURES: Readonly<Record<string, string>> = {
  "28P01": "Correct user and password in `storage` of tieline.yaml.",
  "28000": "Correct the user in `storage` of tieline.yaml, or let it in by pg_hba.conf.",
  "3D000": "Create the database: CREATE DATABASE … OWNER … ENCODING 'UTF8'.",
  "42501":
    "Give the hub's user the right to create a schema in the database: GRANT CREATE ON DATABASE … TO ….",
  ECONNREFUSED: "Start the server, and compare its address with `storage` of tieline.yaml.",
  ENOENT: "Start the server, and compare its socket folder with `storage` of tieline.yaml.",
  ENOTFOUND: "Correct the host in `storage` of tieline.yaml.",
  DEPTH_ZERO_SELF_SIGNED_CERT: AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: AUTHORITY,
  ERR_TLS_CERT_ALTNAME_INVALID: "Write the host in the URL as the server's certificate names it.",
};

/** By what the driver says where it has no code. */
const TEXT_CURES: readonly (readonly [RegExp, string])[] = [
  [
    /does not support SSL/,
    "Switch TLS on at the server, or say in the URL that there is none: ?sslmode=disable.",
  ],
  [
    /password must be a/,
    "The server asks for a password: put a reference to it into `storage` of tieline.yaml.",
  ],
];
