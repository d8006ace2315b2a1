/**
 * Gives `work` a signal that tells of the end of its time, as AbortSignal.timeout does, and of `closing`. AbortSignal.any
 * would do the same, but a signal that lives as long as the hub remembers everything that was ever joined to it.
 */
export async function untilDeadline<Result>(
  closing: AbortSignal,
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const close = (): void => controller.abort(closing.reason);
  if (closing.aborted) close();
  closing.addEventListener("abort", close);
  const late = setTimeout(
    () => controller.abort(new DOMException("it took too long", "TimeoutError")),
    milliseconds,
  );
  late.unref();
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(late);
    closing.removeEventListener("abort", close);
  }
}
