/** Why something fails; the store gives the name. */
export interface Cause {
  readonly fingerprint: string;
  /** The store's number of the route whose delivery fails; null where the message itself does. */
  readonly route: number | null;
}

/** As it stands in addresses, and as people name it: its fingerprint, and the number of the route. */
export function causeText({ fingerprint, route }: Cause): string {
  return route === null ? fingerprint : `${fingerprint}.${route}`;
}

/** @param text that `causeText` gave, or that looks like it */
export function causeOf(text: string): Cause {
  const [fingerprint = "", route] = text.split(".");
  return { fingerprint, route: route === undefined ? null : Number(route) };
}
