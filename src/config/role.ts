/** What a process is for. Each of them answers HTTP, so that it can be watched, asked, and sent to. */
export const ROLES = ["all", "api", "worker", "schedule"] as const;
export type Role = (typeof ROLES)[number];

/** Whether it works on lanes (messages and deliveries), and whether it may have the duty (files and slots). */
const PARTS = {
  all: { lanes: true, duty: true },
  /** Accepts, reads and takes down what people do; works on nothing. */
  api: { lanes: false, duty: false },
  /** Maps and delivers. */
  worker: { lanes: true, duty: false },
  /** Takes files, reads them, and runs slots: one process of all that may. */
  schedule: { lanes: false, duty: true },
} as const satisfies Record<Role, { readonly lanes: boolean; readonly duty: boolean }>;

export function partOf(role: Role): (typeof PARTS)[Role] {
  return PARTS[role];
}
