/** `127.0.0.1:8400`, `[::1]:8400`, `localhost:8400`; undefined when the text is not an address with a port. */
export function parseListen(text: string): { readonly host: string; readonly port: number } | undefined {
  const found = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):([0-9]{1,5})$/.exec(text);
  const port = Number(found?.[3]);
  return found === null || port > 65_535 ? undefined : { host: found[1] ?? found[2] ?? "", port };
}

/** Whether only programs on this machine can reach an address (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.[0-9]{1,3}){3}$/.test(host);
}
