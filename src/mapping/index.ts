/**
 * JSONata mappings compiled to JavaScript, for those who want them without the hub.
 *
 * ```ts
 * import { compileMapping } from "tieline/mapping";
 * const mapping = compileMapping('{ "id": KUNNR }', { path: "customer.jsonata" });
 * mapping.evaluate({ KUNNR: "0000004711" });
 * ```
 */
export { compileMapping, type HostFunctions, type MappingOptions } from "./compile.ts";
export type { Limits } from "./limits.ts";
export type { Mapping, Unsupported } from "./mapping.ts";
export { Suspended } from "./suspended.ts";
