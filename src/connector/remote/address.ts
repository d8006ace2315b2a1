import { HubError } from "../../errors.ts";
import type { RemoteOptions } from "./settings.ts";

/** Where a server is and who asks. */
export interface RemoteAddress {
  readonly protocol: "sftp" | "ftp" | "ftps";
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Whether FTP is encrypted, and the server's certificate verified. */
  readonly tls: boolean;
}

const PORTS = { sftp: 22, ftp: 21, ftps: 990 } as const;
const CURE = "Write it like sftp://hub@erp.example.com or ftp://hub@erp.example.com:2121.";

/**
 * Reads `url`, and sees that what proves the other side is given.
 * @throws HubError TL_CONFIG_INVALID
 */
export function remoteAddress(options: RemoteOptions): RemoteAddress {
  if (!URL.canParse(options.url)) throw invalid("`url` is not a URL", CURE);
  const url = new URL(options.url);
  const protocol = url.protocol.slice(0, -1);
  if (protocol !== "sftp" && protocol !== "ftp" && protocol !== "ftps")
    throw invalid("`url` is of no protocol that is spoken here", CURE);
  if (url.password !== "")
    throw invalid("`url` must not hold a password", `Write it to \`password\`, as \${env:NAME}.`);
  if (url.hostname === "" || url.username === "") throw invalid("`url` must name user and host", CURE);
  if (url.pathname.length > 1) throw invalid("`url` must not name a folder", "Write it to `folder`.");
  checkProof(protocol, options);
  return {
    protocol,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? PORTS[protocol] : Number(url.port),
    user: decodeURIComponent(url.username),
    tls: protocol !== "sftp" && options.tls !== "none",
  };
}

function checkProof(protocol: "sftp" | "ftp" | "ftps", options: RemoteOptions): void {
  if (protocol !== "sftp") {
    if (options.password === undefined) throw invalid("FTP needs a `password`", `Write it as \${env:NAME}.`);
    if (options.fingerprints ?? options.key)
      throw invalid("`fingerprints` and `key` belong to SFTP", "Remove them, or write sftp:// to `url`.");
    if (protocol === "ftps" && options.tls === "none")
      throw invalid("ftps:// is encrypted, `tls: none` is not", "Remove one of them.");
    return;
  }
  if (options.tls !== undefined || options.authority !== undefined)
    throw invalid("`tls` and `authority` belong to FTP", "SFTP knows the server by `fingerprints`.");
  if (options.fingerprints === undefined)
    throw invalid(
      "SFTP needs the `fingerprints` of the server's host key",
      "Ask who runs the server for it: `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints it as SHA256:….",
    );
  if (options.password === undefined && options.key === undefined)
    throw invalid("SFTP needs a `password` or a `key`", `Write it as \${file:PATH} or \${env:NAME}.`);
}

function invalid(message: string, cure: string): HubError {
  return new HubError("TL_CONFIG_INVALID", message, { cure });
}
