import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/peers/*.peer.ts"],
    testTimeout: 60_000,
    // Before the first case a hub starts, on a machine that may be busy.
    hookTimeout: 120_000,
    pool: "forks",
    // Files of one peer share it and its ports, and a busy Odoo answers one call after the other.
    fileParallelism: false,
  },
});
