import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { FileSource, System } from "../../src/connector/contract.ts";
import { HubError } from "../../src/errors.ts";
import { flowDefinition, type TestEngine, testEngine } from "../flow/setup.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A source of files that counts how often it is asked, and answers as it is told. */
function source(list: () => Promise<never[]>, every?: number): FileSource & { asked: number } {
  const made = {
    kind: "files" as const,
    asked: 0,
    ...(every === undefined ? {} : { every }),
    list: () => {
      made.asked += 1;
      return list();
    },
    claim: () => Promise.reject(new HubError("TL_FILE_BUSY", "never offered")),
    settle: async () => undefined,
    release: async () => undefined,
  };
  return made;
}

async function hubOn(sources: Readonly<Record<string, FileSource>>): Promise<TestEngine> {
  const shop: System = { sources, sinks: {}, check: async () => undefined, close: async () => undefined };
  const flows = await Promise.all(Object.keys(sources).map((name) => flowDefinition(name, {})));
  const hub = await testEngine(flows, { shop });
  closing.push(() => hub.dispose());
  return hub;
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await pause(20);
}

describe("sources of files without a schedule", () => {
  it("are looked at although another fails, or never answers", async () => {
    const failing = source(() => Promise.reject(new HubError("TL_SOURCE_UNAVAILABLE", "it is missing")));
    let answer = (): void => undefined;
    const hanging = source(
      () =>
        new Promise((resolve) => {
          answer = () => resolve([]);
        }),
    );
    const good = source(async () => []);
    await hubOn({ failing, hanging, good });
    await until(() => good.asked >= 2 && failing.asked >= 2);
    expect(hanging.asked).toBe(1);
    answer();
  });

  it("that are asked over a network are asked after a while only, and left alone for longer when they fail", async () => {
    const remote = source(async () => [], 600_000);
    const refused = source(() => Promise.reject(new HubError("TL_SOURCE_ACCESS", "wrong password")), 1);
    const local = source(async () => []);
    await hubOn({ remote, refused, local });
    await until(() => local.asked >= 3);
    expect(remote.asked).toBe(1);
    expect(refused.asked).toBe(1);
  });

  it("are told when the hub stops, so that it need not wait for them", async () => {
    let fail = (_: Error): void => undefined;
    const hanging = source(
      () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        }),
    );
    const stopped = { ...hanging, stop: () => fail(new HubError("TL_SOURCE_UNAVAILABLE", "stopping")) };
    await hubOn({ stopped });
    await until(() => hanging.asked + stopped.asked > 0);
    await closing.pop()?.();
  });
});
