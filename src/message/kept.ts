/** What is forgotten some time after it was finished. */
export const KEPT = ["messages", "files", "bundles", "alerts"] as const;
export type Kept = (typeof KEPT)[number];
