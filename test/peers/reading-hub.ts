import type { System } from "../../src/connector/contract.ts";
import { flowDefinition, type TestEngine, testEngine } from "../flow/setup.ts";

/** What a peer's source is called, and by what its records are told apart. */
export interface Reading {
  readonly flow: string;
  readonly system: string;
  readonly read: string;
  readonly key: string;
}

/** An engine with one flow, which stores what a peer's source gives and goes nowhere with it. */
export async function hubReading({ flow, system, read, key }: Reading, opened: System): Promise<TestEngine> {
  const definition = await flowDefinition(flow, {
    ...{ source: { system, read, format: { json: {} } }, key, conflict: "newer" },
    routes: [{ to: "topic:seen", when: null, onPark: "skip" }],
  });
  return testEngine([definition], { [system]: opened });
}

/** Asks again and again; who waits for too long is stopped by the test's own time. */
export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 20));
}
