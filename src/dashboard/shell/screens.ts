import type { Permission } from "../api/may.ts";

/** The screens in the order of the rail; `g` and then the key leads there. */
export const SCREENS = [
  { to: "/", name: "Overview", key: "o" },
  { to: "/messages", name: "Messages", key: "m" },
  { to: "/errors", name: "Errors", key: "e" },
  { to: "/flows", name: "Flows", key: "f" },
  { to: "/files", name: "Files", key: "i" },
  { to: "/customers", name: "Customers", key: "c" },
  { to: "/schedules", name: "Schedules", key: "s" },
  { to: "/agent", name: "Agent", key: "t", permission: "desk" },
  { to: "/systems", name: "Systems", key: "y" },
  { to: "/alerts", name: "Alerts", key: "l" },
  { to: "/audit", name: "Audit log", key: "a", permission: "administer" },
  { to: "/admin", name: "Admin", key: "d", permission: "administer" },
] as const satisfies readonly {
  readonly to: string;
  readonly name: string;
  readonly key: string;
  /** Without it the screen is not in the rail; `read` unless given. */
  readonly permission?: Permission;
}[];
