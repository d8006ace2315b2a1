import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { HubError } from "../../errors.ts";

/** Cost of a hash: 32 MiB, three times over (OWASP Password Storage Cheat Sheet: N = 2^15, r = 8, p = 3). */
const COST = { N: 2 ** 15, r: 8, p: 3 };
const LENGTH = 32;
const MOST_MEMORY = 128 * 1024 * 1024;

/** Shortest password, in characters; NIST SP 800-63B asks for length and for nothing else. */
export const SHORTEST = 12;
export const LONGEST = 256;

/** How many may wait to have a password checked; who comes then is asked to come later. */
const MOST_WAITING = 20;
let turn: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** What is kept of a password: `scrypt$N$r$p$salt$hash`, the last two in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, COST);
  return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

/**
 * Whether it is the password that was hashed. One is checked at a time, so that nobody takes the processors by guessing.
 * Without a hash the work is done all the same: how long an answer takes does not tell who is known here.
 * @throws HubError TL_BACKLOG_FULL when too many wait
 */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  if (waiting >= MOST_WAITING)
    throw new HubError("TL_BACKLOG_FULL", "too many sign in at the same time", { retryAfter: 2000 });
  waiting += 1;
  const checked = turn.then(() => check(password, kept ?? NOBODY));
  turn = checked.catch(() => undefined);
  try {
    return (await checked) && kept !== null;
  } finally {
    waiting -= 1;
  }
}

const NOBODY = ["scrypt", COST.N, COST.r, COST.p, "A".repeat(22), "A".repeat(43)].join("$");

async function check(password: string, kept: string): Promise<boolean> {
  const [kind, n, r, p, salt = "", hash = ""] = kept.split("$");
  if (kind !== "scrypt") return false;
  const wanted = Buffer.from(hash, "base64url");
  const cost = { N: Number(n), r: Number(r), p: Number(p) };
  return timingSafeEqual(wanted, await derive(password, Buffer.from(salt, "base64url"), cost));
}

function derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { ...cost, maxmem: MOST_MEMORY };
    // Composed: what looks the same on two keyboards is the same.
    scrypt(password.normalize("NFC"), salt, LENGTH, options, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
}
