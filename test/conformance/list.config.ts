import { defineConfig } from "vitest/config";

/** What lists the cases of suites, and runs none; so the program need not be built. */
export default defineConfig({
  test: { root: new URL("../..", import.meta.url).pathname, include: ["test/**/*.test.ts"], pool: "forks" },
});
