import type { LiveFlow } from "./live-flow.ts";

/** The flows this thread runs: those in force by id, and every version that something under way still points at. */
export interface FlowRegistry {
  /** In force. */
  current(flow: number): LiveFlow | undefined;
  byName(name: string): LiveFlow | undefined;
  all(): readonly LiveFlow[];
  /** A version, compiled from the store when it is an old one. @throws HubError when the store does not have it */
  version(id: number): Promise<LiveFlow>;
  /** The flows in force that read a topic. */
  subscribers(topic: string): readonly LiveFlow[];
  /** Puts a flow's version in force. */
  put(flow: LiveFlow): void;
  /** Takes a flow whose folder is gone out of force. */
  remove(flow: number): void;
}

export function flowRegistry(load: (version: number) => Promise<LiveFlow>): FlowRegistry {
  const current = new Map<number, LiveFlow>();
  const versions = new Map<number, LiveFlow>();
  let topics = new Map<string, LiveFlow[]>();
  const index = (): void => {
    topics = new Map();
    for (const flow of current.values()) {
      if (!("topic" in flow.definition.source)) continue;
      const topic = flow.definition.source.topic;
      topics.set(topic, [...(topics.get(topic) ?? []), flow]);
    }
  };
  return {
    current: (flow) => current.get(flow),
    byName: (name) => [...current.values()].find((flow) => flow.name === name),
    all: () => [...current.values()],
    async version(id) {
      const found = versions.get(id);
      if (found !== undefined) return found;
      const loaded = await load(id);
      versions.set(id, loaded);
      return loaded;
    },
    subscribers: (topic) => topics.get(topic) ?? [],
    put(flow) {
      current.set(flow.id, flow);
      versions.set(flow.version, flow);
      index();
    },
    remove(flow) {
      current.delete(flow);
      index();
    },
  };
}
