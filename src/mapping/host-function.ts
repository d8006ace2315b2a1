/** A function of the host that mappings may call. It is called with values as JSON has them, or undefined. */
export interface HostFunction {
  readonly call: (...given: never[]) => unknown;
  /** What its arguments must be, in the notation of docs.jsonata.org, such as `<s-s?:s>`. */
  readonly signature?: string;
}

export type HostFunctions = Readonly<Record<string, HostFunction>>;
