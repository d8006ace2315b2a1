import { Link } from "@tanstack/react-router";
import type { PlaceOf } from "./fault.tsx";

/** The way from an error of a flow's mapping to the line that it names; nothing where it is none of a mapping. */
export function MappingLink({ flow, place }: { readonly flow: string; readonly place: PlaceOf | undefined }) {
  const { file, line, column } = place ?? {};
  if (file?.endsWith(".jsonata") !== true) return null;
  const search = {
    ...(line === undefined ? {} : { line }),
    ...(line === undefined || column === undefined ? {} : { column }),
  };
  return (
    <Link className="link" to="/flows/$name/mapping" params={{ name: flow }} search={search}>
      Open the mapping{line === undefined ? "" : `, line ${line}`}
    </Link>
  );
}
