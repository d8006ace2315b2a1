import { inProcessDispatcher } from "../../../src/backend/in-process/dispatcher.ts";
import { describeDispatcher } from "../../conformance/dispatcher.ts";

describeDispatcher("in process", async () => {
  const failures: unknown[] = [];
  const dispatcher = inProcessDispatcher(Date.now, (error) => failures.push(error));
  return { dispatcher, failures, dispose: () => dispatcher.close() };
});
