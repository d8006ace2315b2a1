/** What a person or a program may be to the hub. */
export const USER_ROLES = ["viewer", "operator", "engineer", "admin", "agent"] as const;
export type UserRole = (typeof USER_ROLES)[number];

/** What there is to be allowed, and which roles are. Each route of the API needs exactly one of them, or none. */
export const PERMISSIONS = {
  read: {
    means:
      "See flows, messages without their payload, failures, files, schedules, systems and masked customers",
    roles: ["viewer", "operator", "engineer", "admin"],
  },
  operate: {
    means: "Pause, resume, run, replay, park, discard, and try a system's connection",
    roles: ["operator", "engineer", "admin"],
  },
  change: {
    means: "Deploy flows, and set how far a source was read",
    roles: ["engineer", "admin"],
  },
  reveal: {
    means: "See the personal data of one customer unmasked; each time is in the audit log",
    roles: ["operator", "engineer", "admin"],
  },
  payloads: {
    means: "See payloads and personal data; also given to single users and keys, whatever their role",
    roles: ["engineer", "admin"],
  },
  desk: {
    means: "See calls as they come, write notes on them, and dial",
    roles: ["agent", "operator", "engineer", "admin"],
  },
  administer: {
    means: "Manage users and API keys, read the audit log, and back the store up",
    roles: ["admin"],
  },
} as const satisfies Readonly<
  Record<string, { readonly means: string; readonly roles: readonly UserRole[] }>
>;
export type Permission = keyof typeof PERMISSIONS;

/** Who asks, and what that allows. */
export interface Principal {
  /** As the audit log names it. */
  readonly name: string;
  readonly role: UserRole;
  /** Whether payloads were given to this one in particular. */
  readonly payloads: boolean;
}

export function may({ role, payloads }: Omit<Principal, "name">, permission: Permission): boolean {
  const roles: readonly UserRole[] = PERMISSIONS[permission].roles;
  return roles.includes(role) || (permission === "payloads" && payloads && role !== "agent");
}
