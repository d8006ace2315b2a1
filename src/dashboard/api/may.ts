import type { Answer } from "./client.ts";
import { useApi } from "./use.ts";

type User = NonNullable<Answer<"GET /session">["user"]>;
export type Permission = User["permissions"][number];

/** What who is signed in may do. */
export function usePermissions(): readonly Permission[] {
  return useApi("GET /session", { live: false }).data?.user?.permissions ?? [];
}

/** Whether who is signed in may do something; what one may not is not offered. The hub asks again at every act. */
export function useMay(permission: Permission): boolean {
  return usePermissions().includes(permission);
}
