import { defineConfig } from "vitest/config";

/** What needs a browser: run by `npm run test:browser`. */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/browser/*.browser.ts"],
    testTimeout: 600_000,
    hookTimeout: 240_000,
    reporters: ["default", "./test/totals.ts"],
  },
});
