import { type FlowDefinition, readsTopic } from "../config/flow-definition.ts";
import { type Crossing, crossingsOf, feeding, reached } from "./lineage.ts";
import { publishedAs, publishedFrom, topicBehind } from "./lineage-topic.ts";

/** A crossing, with those that its field goes on to, or comes from, by way of a topic. */
export interface Hop extends Crossing {
  /** Between it and the hops; null: it ends here. */
  readonly topic: string | null;
  readonly hops: readonly Hop[];
  /** What follows is not told again: it was met before in this answer, or would go round for ever. */
  readonly repeated: boolean;
}

/** Flows that wrap what they read and publish it where they read it never lead to a field that was met before. */
const DEEPEST = 32;

interface Beyond {
  readonly topic: string | null;
  readonly crossings: readonly Crossing[];
}

/** Follows crossings to the last targets: what a flow gives to a topic or the CRM, to the flows that subscribe to it. */
export function hopsOnward(first: readonly Crossing[], flows: readonly FlowDefinition[]): readonly Hop[] {
  const crossings = remembered();
  return follow(first, ({ flow: name, to, target }) => {
    const flow = flows.find((one) => one.name === name);
    const topic = flow === undefined ? null : topicBehind(to, flow);
    const subscribers = flows.filter(({ source }) => readsTopic(source) && source.topic === topic);
    const own = subscribers.flatMap(crossings);
    return { topic, crossings: publishedAs(to, target).flatMap((path) => reached(own, path)) };
  });
}

/** Follows crossings back to the first sources: what a flow reads from a topic, to the flows that publish it. */
export function hopsBack(first: readonly Crossing[], flows: readonly FlowDefinition[]): readonly Hop[] {
  const crossings = remembered();
  return follow(first, ({ flow: name, sources }) => {
    const source = flows.find((one) => one.name === name)?.source;
    if (source === undefined || !readsTopic(source)) return { topic: null, crossings: [] };
    const { topic } = source;
    const publishing = flows.flatMap((flow) =>
      crossings(flow).filter(({ to }) => topicBehind(to, flow) === topic),
    );
    const fed = sources.flatMap(({ path }) =>
      publishing.flatMap((one) => publishedFrom(one.to, path).flatMap((field) => feeding([one], field))),
    );
    return { topic, crossings: fed };
  });
}

function remembered(): (flow: FlowDefinition) => readonly Crossing[] {
  const known = new Map<FlowDefinition, readonly Crossing[]>();
  return (flow) => {
    const found = known.get(flow) ?? crossingsOf(flow);
    known.set(flow, found);
    return found;
  };
}

function follow(first: readonly Crossing[], beyond: (crossing: Crossing) => Beyond): readonly Hop[] {
  const met = new Set<string>();
  const hop = (crossing: Crossing, depth: number): Hop => {
    const found = beyond(crossing);
    const crossings = distinct(found.crossings);
    if (crossings.length === 0) return { ...crossing, topic: null, hops: [], repeated: false };
    const key = keyOf(crossing);
    const repeated = met.has(key) || depth === DEEPEST;
    met.add(key);
    const hops = repeated ? [] : crossings.map((one) => hop(one, depth + 1));
    return { ...crossing, topic: found.topic, hops, repeated };
  };
  return first.map((crossing) => hop(crossing, 0));
}

function distinct(crossings: readonly Crossing[]): readonly Crossing[] {
  return [...new Map(crossings.map((one) => [keyOf(one), one])).values()];
}

function keyOf({ flow, to, target, place }: Crossing): string {
  return [flow, to, target, place.line, place.column].join(" ");
}
