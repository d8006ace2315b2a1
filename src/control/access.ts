import type { UserRole } from "../message/permission.ts";

/** What changes who may use the hub. Secrets come hashed: the engine sees none. */
export type AccessChange =
  | {
      readonly kind: "add-user";
      readonly name: string;
      readonly hash: string | null;
      readonly subject: string | null;
      readonly role: UserRole;
      readonly payloads: boolean;
    }
  | {
      readonly kind: "change-user";
      readonly name: string;
      readonly role?: UserRole;
      readonly payloads?: boolean;
      /** True also ends the sessions. */
      readonly disabled?: boolean;
    }
  /** Ends the sessions, and a lock-out. */
  | { readonly kind: "set-password"; readonly name: string; readonly hash: string }
  | {
      readonly kind: "add-key";
      readonly id: string;
      readonly name: string;
      readonly hash: string;
      readonly role: UserRole;
      readonly payloads: boolean;
    }
  | { readonly kind: "revoke-key"; readonly id: string }
  | { readonly kind: "use-key"; readonly id: string }
  /** The password was right, or the provider vouches. */
  | { readonly kind: "sign-in"; readonly name: string; readonly session: string; readonly until: number }
  | { readonly kind: "fail-sign-in"; readonly name: string }
  | { readonly kind: "sign-out"; readonly name: string; readonly session: string }
  /** The session of a browser that has shown the token of the hub, and no user's: the store keeps that it has ended. */
  | {
      readonly kind: "end-token-session";
      readonly name: string;
      readonly session: string;
      readonly until: number;
    };
