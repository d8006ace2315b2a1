import type { Answer } from "./client.ts";
import { useApi } from "./use.ts";

type User = NonNullable<Answer<"GET /session">["user"]>;
export type Permission = User["permissions"][number];

/** Whether who is signed in may do something; what one may not is not offered. The hub asks again at every act. */
export function useMay(permission: Permission): boolean {
  const session = useApi("GET /session", { live: false });
  return session.data?.user?.permissions.includes(permission) === true;
}
