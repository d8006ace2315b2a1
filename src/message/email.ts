import { domainToASCII } from "node:url";

/** RFC 5321 section 4.5.3.1: octets of the local part and of the whole path. */
const LOCAL_LIMIT = 64;
const ADDRESS_LIMIT = 254;

/** RFC 5322 dot-atom, with letters and digits of any script (RFC 6531). Quoted local parts are not taken. */
const LOCAL = /^[\p{L}\p{M}\p{N}_!#$%&'*+/=?^`{|}~-]+(\.[\p{L}\p{M}\p{N}_!#$%&'*+/=?^`{|}~-]+)*$/u;

/** A host name of at least two labels; an address literal (`[10.0.0.1]`) is not one. */
const DOMAIN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;

/**
 * An e-mail address in the one form that addresses are compared in: trimmed, lower case, international domains in
 * ASCII (`jo@bücher.de` → `jo@xn--bcher-kva.de`). Undefined when the text is not an address.
 * The local part is lowered too: by RFC 5321 it may be case-sensitive, but no mail system in use tells people apart by it.
 */
export function normaliseEmail(text: string): string | undefined {
  const address = text.trim().normalize("NFC");
  const at = address.lastIndexOf("@");
  if (at < 1 || address.length > ADDRESS_LIMIT) return undefined;
  const local = address.slice(0, at).toLowerCase();
  if (Buffer.byteLength(local) > LOCAL_LIMIT || !LOCAL.test(local)) return undefined;
  const domain = asciiDomain(address.slice(at + 1));
  if (domain === undefined) return undefined;
  const normal = `${local}@${domain}`;
  return Buffer.byteLength(normal) > ADDRESS_LIMIT ? undefined : normal;
}

function asciiDomain(text: string): string | undefined {
  // Before the URL rules are asked: they would read `a.de/x`, `a.de:25` and `%61.de` as a host with something around it.
  if (/[\s/\\:?#@%[\]<>^|]/.test(text)) return undefined;
  const domain = domainToASCII(text);
  // All-digit last labels are IPv4 addresses to the URL rules (`user@1` → 0.0.0.1), not names.
  if (!DOMAIN.test(domain) || /\.\d+$/.test(domain)) return undefined;
  return domain;
}
