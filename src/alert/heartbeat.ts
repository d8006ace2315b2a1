const PATIENCE = 10_000;

/**
 * Calls the watcher outside, which is to raise the alarm when it is not called.
 * @throws Error when it did not answer with a 2xx
 */
export async function beat(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE), redirect: "error" });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the watcher answered ${answer.status}`);
}
