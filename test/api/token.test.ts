import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isLoopback } from "../../src/api/auth.ts";
import { loadOrCreateToken, sameToken } from "../../src/api/token.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "token-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("the first start makes a token that only its owner can read, and the next finds it", () => {
  const first = loadOrCreateToken(folder);
  expect(first).toEqual({ token: expect.stringMatching(/^tl_[A-Za-z0-9_-]{43}$/), created: true });
  expect(statSync(join(folder, "api-token")).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, "api-token"), "utf8").trim()).toBe(first.token);
  expect(loadOrCreateToken(folder)).toEqual({ token: first.token, created: false });
});

test("a file that holds no token is not taken for one", () => {
  for (const text of ["", "secret", "tl_short"]) {
    writeFileSync(join(folder, "api-token"), text);
    expect(() => loadOrCreateToken(folder)).toThrow("does not hold a token");
  }
});

test("tokens are the same only when they are equal", () => {
  expect(sameToken("tl_a", "tl_a")).toBe(true);
  for (const other of ["", "tl_b", "tl_aa", "TL_A"]) expect(sameToken(other, "tl_a")).toBe(false);
});

test("only addresses of this machine count as this machine", () => {
  for (const host of ["127.0.0.1", "127.8.8.8", "::1", "localhost"]) expect(isLoopback(host)).toBe(true);
  for (const host of [
    "0.0.0.0",
    "::",
    "10.0.0.1",
    "128.0.0.1",
    "127.0.0.1.example.com",
    "localhost.example.com",
  ])
    expect(isLoopback(host)).toBe(false);
});
