import type { HubProcess } from "./hub-process.ts";

/** A flow as the API shows it. */
export interface FlowState {
  readonly name: string;
  readonly routes: readonly { readonly to: string; readonly stopped: string | null }[];
  readonly source: {
    readonly kind: string;
    readonly state: string;
    readonly failure: { readonly code: string } | null;
  } | null;
}

/** All flows of a hub. */
export async function flowStates(hub: HubProcess): Promise<readonly FlowState[]> {
  const { items } = await hub.get<{ readonly items: readonly FlowState[] }>("/api/v1/flows");
  return items;
}
