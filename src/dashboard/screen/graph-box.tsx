import { Link } from "@tanstack/react-router";
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { counted } from "../part/counted.ts";
import { Pill } from "../part/pill.tsx";
import type { Box } from "./graph-model.ts";

export type BoxNode = Node<{ readonly box: Box }, "box">;

/** A system, a topic or a flow; its name leads to its screen, its numbers to their lists. */
export function BoxView({ data: { box } }: NodeProps<BoxNode>) {
  const { kind, states, flow } = box;
  return (
    <div className={`box ${kind}`} data-box={box.id}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <div className="faint">{kind === "mapping" ? <Version box={box} /> : kind}</div>
      <div className="name">
        <Name box={box} />
      </div>
      <div>
        {states.map((state) => (
          <Pill key={state} word={state} />
        ))}{" "}
        {flow === null || flow.parked === 0 ? null : (
          <Link className="pill bad" to="/messages" search={{ flow: flow.name, state: "parked" }}>
            {counted(flow.parked)} parked
          </Link>
        )}
      </div>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

function Name({ box: { kind, name } }: { readonly box: Box }) {
  if (kind === "topic") return name;
  if (kind === "system")
    return (
      <Link className="link" to="/systems">
        {name}
      </Link>
    );
  return (
    <Link
      className="link"
      to={kind === "mapping" ? "/flows/$name/mapping" : "/flows/$name"}
      params={{ name }}
    >
      {name}
    </Link>
  );
}

function Version({ box: { flow } }: { readonly box: Box }) {
  if (flow?.hash === null || flow?.hash === undefined) return "no version in force";
  return (
    <>
      {flow.map === null ? "as it comes" : "mapping"} <span className="mono">{flow.hash.slice(0, 8)}</span>
    </>
  );
}
