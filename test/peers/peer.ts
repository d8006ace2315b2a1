/** A system that nobody here wrote, to prove a connector against. */
export interface Peer {
  /** What is asked for: `npm run test:peers -- mariadb`. */
  readonly name: string;
  /** The connector it proves; asking for it runs all its peers. */
  readonly connector: string;
  /** Files with the cases, beside this one. */
  readonly cases: readonly string[];
  /**
   * Installs what is missing and starts it on the loopback address.
   * @throws Error that says why it cannot be had here: its cases are skipped with that reason
   */
  start(): Promise<RunningPeer>;
}

export interface RunningPeer {
  readonly version: string;
  /** What the cases must know, as environment variables. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}
