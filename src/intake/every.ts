/** Repeats work with pauses between, never twice at once. */
export function every(
  milliseconds: number,
  work: () => Promise<void>,
  failed: (error: unknown) => void,
): { stop(): void } {
  let timer: NodeJS.Timeout;
  let stopped = false;
  const again = (): void => {
    timer = setTimeout(() => {
      work()
        .catch(failed)
        .finally(() => {
          if (!stopped) again();
        });
    }, milliseconds);
  };
  again();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
