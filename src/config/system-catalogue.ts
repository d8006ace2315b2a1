import type { SystemSettings } from "./hub-settings.ts";

/** What the loader must know of connectors, without knowing them. */
export interface SystemCatalogue {
  /** Every connector there is, by name, with the JSON Schema of its settings; secrets are marked `secret: true`. */
  readonly connectors: Readonly<Record<string, { readonly settingsSchema: object }>>;
  /**
   * The ways in and out of a configured system; asked once for each whose settings keep to their schema.
   * Undefined when nothing is known of it.
   * @param dir the project folder, whose files settings may name
   * @throws HubError when the settings contradict each other
   */
  describe(system: string, settings: SystemSettings, dir: string): SystemShape | undefined;
}

export interface SystemShape {
  /** `push` calls us; `files` and `pull` are asked; to `listen` the hub holds a connection. */
  readonly sources: Readonly<Record<string, "push" | "files" | "pull" | "listen">>;
  readonly sinks: readonly string[];
  /** Those of them that take many deliveries as one, for routes that `collect`. */
  readonly collecting?: readonly string[];
}
