import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Missing } from "./part/missing.tsx";
import {
  agentSearch,
  alertsSearch,
  auditSearch,
  errorsSearch,
  filesSearch,
  flowsSearch,
  mappingSearch,
  messagesSearch,
  textSearch,
  unassignedSearch,
} from "./search-params.ts";
import { Shell } from "./shell/shell.tsx";

const root = createRootRoute({ component: Shell, notFoundComponent: Missing });

const overview = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("./screen/overview.tsx"), "Overview"),
});
const messages = createRoute({
  getParentRoute: () => root,
  path: "/messages",
  validateSearch: messagesSearch,
  component: lazyRouteComponent(() => import("./screen/messages.tsx"), "Messages"),
});
const message = createRoute({
  getParentRoute: () => root,
  path: "/messages/$id",
  component: lazyRouteComponent(() => import("./screen/message.tsx"), "Message"),
});

const errors = createRoute({
  getParentRoute: () => root,
  path: "/errors",
  validateSearch: errorsSearch,
  component: lazyRouteComponent(() => import("./screen/errors.tsx"), "Errors"),
});

const flows = createRoute({
  getParentRoute: () => root,
  path: "/flows",
  validateSearch: flowsSearch,
  component: lazyRouteComponent(() => import("./screen/flows.tsx"), "Flows"),
});
const flow = createRoute({
  getParentRoute: () => root,
  path: "/flows/$name",
  component: lazyRouteComponent(() => import("./screen/flow.tsx"), "Flow"),
});
const mapping = createRoute({
  getParentRoute: () => root,
  path: "/flows/$name/mapping",
  validateSearch: mappingSearch,
  component: lazyRouteComponent(() => import("./screen/mapping.tsx"), "MappingWorkbench"),
});
const files = createRoute({
  getParentRoute: () => root,
  path: "/files",
  validateSearch: filesSearch,
  component: lazyRouteComponent(() => import("./screen/files.tsx"), "Files"),
});
const writtenFiles = createRoute({
  getParentRoute: () => root,
  path: "/files/written",
  validateSearch: filesSearch,
  component: lazyRouteComponent(() => import("./screen/written-files.tsx"), "WrittenFiles"),
});
const file = createRoute({
  getParentRoute: () => root,
  path: "/files/$id",
  component: lazyRouteComponent(() => import("./screen/file.tsx"), "File"),
});
const customers = createRoute({
  getParentRoute: () => root,
  path: "/customers",
  validateSearch: textSearch,
  component: lazyRouteComponent(() => import("./screen/customers.tsx"), "Customers"),
});
const unassigned = createRoute({
  getParentRoute: () => root,
  path: "/customers/unassigned",
  validateSearch: unassignedSearch,
  component: lazyRouteComponent(() => import("./screen/unassigned.tsx"), "Unassigned"),
});
const customer = createRoute({
  getParentRoute: () => root,
  path: "/customers/$id",
  component: lazyRouteComponent(() => import("./screen/customer.tsx"), "Customer"),
});
const schedules = createRoute({
  getParentRoute: () => root,
  path: "/schedules",
  component: lazyRouteComponent(() => import("./screen/schedules.tsx"), "Schedules"),
});
const systems = createRoute({
  getParentRoute: () => root,
  path: "/systems",
  component: lazyRouteComponent(() => import("./screen/systems.tsx"), "Systems"),
});
const agent = createRoute({
  getParentRoute: () => root,
  path: "/agent",
  validateSearch: agentSearch,
  component: lazyRouteComponent(() => import("./screen/agent.tsx"), "AgentDesktop"),
});
const alerts = createRoute({
  getParentRoute: () => root,
  path: "/alerts",
  validateSearch: alertsSearch,
  component: lazyRouteComponent(() => import("./screen/alerts.tsx"), "Alerts"),
});
const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import("./screen/audit.tsx"), "Audit"),
});

const admin = createRoute({
  getParentRoute: () => root,
  path: "/admin",
  component: lazyRouteComponent(() => import("./screen/admin.tsx"), "Admin"),
});

const account = createRoute({
  getParentRoute: () => root,
  path: "/account",
  component: lazyRouteComponent(() => import("./screen/account.tsx"), "Account"),
});

const routeTree = root.addChildren([
  ...[overview, messages, message, errors, flows, flow, mapping, files, writtenFiles, file],
  ...[customers, unassigned, customer, schedules, systems, agent, alerts, audit, admin, account],
]);

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  // Search parameters are read by people and pasted into tickets: plain text, no JSON in quotes.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== "");
    const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return text === "" ? "" : `?${text}`;
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
