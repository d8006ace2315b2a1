import { HubError } from "tieline/connector";

/** Bytes as text. @throws HubError TL_ENCODING_INVALID */
export function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new HubError("TL_ENCODING_INVALID", "the form is not UTF-8", {
      cure: 'Serve the page as UTF-8, or add accept-charset="utf-8" to the form.',
    });
  }
}
