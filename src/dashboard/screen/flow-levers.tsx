import { Group } from "@mantine/core";
import type { Item } from "../api/client.ts";
import { Lever } from "../part/lever.tsx";

type Flow = Item<"GET /flows">;

/** What keeps a flow from running, or that it does. */
export function flowStates({
  accepting,
  running,
  problem,
  routes,
}: Pick<Flow, "accepting" | "running" | "problem"> & {
  readonly routes: readonly Pick<Flow["routes"][number], "stopped">[];
}): readonly string[] {
  const states = [
    ...(problem === null ? [] : ["failed"]),
    ...(accepting && running ? [] : ["paused"]),
    ...(routes.some((route) => route.stopped !== null) ? ["stopped"] : []),
  ];
  return states.length === 0 ? ["running"] : states;
}

/** Taking items in and working on stored ones are two things; each lever says what will happen. */
export function FlowLevers({ flow }: { readonly flow: Pick<Flow, "name" | "accepting" | "running"> }) {
  const { name, accepting, running } = flow;
  return (
    <Group gap={6} wrap="nowrap">
      <Lever
        name={accepting ? "Pause accepting" : "Resume accepting"}
        operation={accepting ? "POST /flows/{name}/pause" : "POST /flows/{name}/resume"}
        path={{ name }}
        body={{ what: "accept" }}
        hint={
          accepting
            ? "Senders are refused and files stay where they are; what is stored is worked on."
            : "Items are taken again."
        }
      />
      <Lever
        name={running ? "Pause delivering" : "Resume delivering"}
        operation={running ? "POST /flows/{name}/pause" : "POST /flows/{name}/resume"}
        path={{ name }}
        body={{ what: "deliver" }}
        hint={
          running
            ? "Items are taken and stored, and wait. Nothing is lost."
            : "What is stored is worked on again, in order."
        }
      />
    </Group>
  );
}
