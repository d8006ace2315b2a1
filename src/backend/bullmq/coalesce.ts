/**
 * Many calls as few: the first begins `work` at once; those that come while it runs, and for `restMs` after, begin it once
 * more together.
 * @param work never rejects
 */
export function coalesced(work: () => Promise<void>, restMs: number): () => void {
  let busy = false;
  let again = false;
  const call = (): void => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    void work().then(() => setTimeout(rested, restMs));
  };
  const rested = (): void => {
    busy = false;
    if (!again) return;
    again = false;
    call();
  };
  return call;
}
