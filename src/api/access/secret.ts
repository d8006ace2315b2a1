import { createHash, randomBytes } from "node:crypto";

/** What a browser keeps, and what the store keeps of it. */
export function newSession(): { readonly value: string; readonly hash: string } {
  const value = randomBytes(32).toString("base64url");
  return { value, hash: secretHash(value) };
}

/** `tlk_<id>_<secret>`: the id is to be seen and finds the key, the rest proves it. */
export function newKey(): { readonly id: string; readonly key: string; readonly hash: string } {
  const id = randomBytes(6).toString("hex");
  const key = `tlk_${id}_${randomBytes(32).toString("base64url")}`;
  return { id, key, hash: secretHash(key) };
}

/** The id in an API key; undefined for any other text. */
export function keyIdOf(text: string): string | undefined {
  return /^tlk_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/.exec(text)?.[1];
}

/** These secrets are 256 random bits, so a plain hash of them cannot be turned round. */
export function secretHash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
