/** Whether the emits-schema would check the same document against the same schema that accepts has just checked. */
export function sameDocument(accepts: string | null, emits: string | null, map: string | null): boolean {
  return map === null && accepts !== null && accepts === emits;
}
