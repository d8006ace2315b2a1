import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["src/**/*.test.ts", "connectors/**/*.test.ts", "test/**/*.test.ts"],
    globalSetup: ["test/global-setup.ts"],
    testTimeout: 20_000,
    pool: "forks",
    // One a processor: half of the time a test waits for a hub, a server or a clock.
    maxWorkers: "100%",
    reporters: ["default", "./test/totals.ts"],
  },
});
