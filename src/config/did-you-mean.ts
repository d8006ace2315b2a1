import { distance } from "fastest-levenshtein";

/** The candidate that was probably meant, or undefined when none is near. Letter case does not count. */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  const lower = written.toLowerCase();
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const far = steps(lower, candidate.toLowerCase());
    if (far < least) [best, least] = [candidate, far];
  }
  // A third of the letters may differ; in a very short word one.
  return least <= Math.max(1, Math.floor(written.length / 3)) ? best : undefined;
}

/** Letters to change; two neighbours in the wrong order count as one, being one slip of the fingers. */
function steps(left: string, right: string): number {
  const far = distance(left, right);
  return far === 2 && sorted(left) === sorted(right) ? 1 : far;
}

function sorted(text: string): string {
  return [...text].sort().join("");
}

/** The cure for a name that is not known: the one meant, else what there is. */
export function didYouMean(written: string, candidates: readonly string[]): string {
  const meant = nearest(written, candidates);
  if (meant !== undefined) return `Did you mean "${meant}"?`;
  if (candidates.length === 0) return "There is none yet.";
  const shown = candidates.slice(0, 12).join(", ");
  return `There is ${shown}${candidates.length > 12 ? " …" : ""}.`;
}
