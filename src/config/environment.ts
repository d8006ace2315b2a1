import type { HubError } from "../errors.ts";
import type { FormatDefinition } from "../format/open.ts";
import type { SystemCatalogue } from "./system-catalogue.ts";

/** What the loader is given from outside. */
export interface ProjectEnvironment {
  /** Usually `process.env`. TIELINE_DATA, TIELINE_LISTEN and PORT override `tieline.yaml`. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly catalogue: SystemCatalogue;
  /**
   * What is wrong with a JSONata text, with line and column in it; null when nothing.
   * `lookUps`: it may ask the hub (src/mapping/README.md, Look-ups). `allowFallback`: what cannot be compiled may be
   * interpreted.
   */
  readonly compileExpression: (
    text: string,
    allowed: { readonly lookUps: boolean; readonly allowFallback: boolean },
  ) => HubError | null;
  /** What is wrong with a schema that is JSON; `read` gives the texts it refers to by path. */
  readonly compileSchema?: (
    text: string,
    path: string,
    read: (path: string) => string | undefined,
  ) => HubError | null;
  /** What is wrong with a format's options together. */
  readonly compileFormat?: (format: FormatDefinition) => HubError | null;
  /** Makes `${data:NAME}` secrets that are not there yet. False for a mere check, which writes nothing. Default true. */
  readonly createSecrets?: boolean;
}
