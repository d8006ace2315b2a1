import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { permissionOf } from "../../src/api/permission-of.ts";
import { may, PERMISSIONS, type Permission, USER_ROLES } from "../../src/message/permission.ts";
import { type Bench, emptyDesk, openBench } from "./setup.ts";

interface Described {
  readonly method: string;
  readonly path: string;
  readonly needed: string | undefined;
  readonly open: boolean;
}

let bench: Bench;
let routes: readonly Described[];

beforeAll(async () => {
  bench = await openBench({
    desk: emptyDesk,
  });
  routes = await describedRoutes();
});
afterAll(() => bench.close());

async function describedRoutes(): Promise<readonly Described[]> {
  const description = (await (await bench.get("/api/v1/openapi.json", {})).json()) as {
    readonly paths: Record<string, Record<string, { "x-permission"?: string; security?: unknown[] }>>;
  };
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      needed: operation["x-permission"],
      open: operation.security !== undefined,
    })),
  );
}

test("every route of the API says what it needs, and only what is open asks nobody", () => {
  expect(routes.length).toBeGreaterThan(40);
  for (const { method, path, needed, open } of routes) {
    const name = `${method} ${path}`;
    expect(["open", "own", ...Object.keys(PERMISSIONS)], name).toContain(needed);
    expect(needed === "open", name).toBe(open);
  }
});

test("what changes something is not for viewers, and an agent has the desk alone", () => {
  let desks = 0;
  for (const { method, path, needed } of routes) {
    if (needed === undefined || needed === "open" || needed === "own") continue;
    const permission = needed as Permission;
    const name = `${method} ${path}`;
    const viewer = may({ role: "viewer", payloads: false }, permission);
    expect(viewer, name).toBe(permission === "read");
    if (viewer) expect(method === "GET" || path.endsWith("/plan"), name).toBe(true);
    if (permission === "desk") desks += 1;
    expect(may({ role: "agent", payloads: true }, permission), name).toBe(path.includes("/desk"));
    expect(may({ role: "admin", payloads: false }, permission), name).toBe(true);
  }
  expect(desks).toBeGreaterThanOrEqual(4);
});

test("payloads are given by role, or to one in particular, but never to an agent", () => {
  const given = (payloads: boolean) => USER_ROLES.filter((role) => may({ role, payloads }, "payloads"));
  expect(given(false)).toEqual(["engineer", "admin"]);
  expect(given(true)).toEqual(["viewer", "operator", "engineer", "admin"]);
});

test("README.md says who may do what", () => {
  const text = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const table = text.split("### Who may do what")[1]?.split("\n\n")[2] ?? "";
  const [head = [], , ...rows] = table
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const roles = head.slice(2, -2);
  expect([...roles].sort()).toEqual([...USER_ROLES].sort());
  const told = rows.map((cells) => ({
    name: cells[1],
    means: cells.at(-2),
    roles: roles.filter((_, index) => cells[index + 2] === "yes").sort(),
  }));
  const meant = Object.entries(PERMISSIONS).map(([name, one]) => ({
    name,
    ...one,
    roles: [...one.roles].sort(),
  }));
  expect(told).toEqual(meant);
});

test("a route that nobody declared is known by no permission", () => {
  expect(permissionOf("GET", "/api/v1/toString")).toBeUndefined();
  expect(permissionOf("HEAD", "/api/v1/flows")).toBe("read");
});
