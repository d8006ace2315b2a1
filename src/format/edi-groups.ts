import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import type { Segment } from "./edi-segment.ts";

/** Which segments begin a group, and which ones within it. */
export interface Groups {
  readonly inner: ReadonlyMap<string, Groups>;
}

interface Growing {
  readonly inner: Map<string, Growing>;
}

/**
 * @param paths tags of the segments that begin groups, such as `LIN`, or `LIN/ALC` for one within another
 * @throws HubError TL_CONFIG_INVALID
 */
export function setUpGroups(paths: readonly string[]): Groups {
  const root: Growing = { inner: new Map() };
  for (const path of paths) {
    let at = root;
    for (const tag of path.split("/")) {
      if (!/^[A-Z][A-Z0-9]{1,2}$/.test(tag)) {
        throw new HubError(
          "TL_CONFIG_INVALID",
          "`groups` are tags of segments joined by `/`, such as LIN/ALC",
        );
      }
      const inner = at.inner.get(tag) ?? { inner: new Map() };
      at.inner.set(tag, inner);
      at = inner;
    }
  }
  return root;
}

/**
 * Puts segments below the one that begins their group, as its `segments`. A group ends where another begins beside it or
 * beside one around it; a segment that begins none belongs to the innermost group that is open.
 */
export function nestSegments(segments: readonly Segment[], groups: Groups): Segment[] {
  if (groups.inner.size === 0) return segments as Segment[];
  const top: Segment[] = [];
  const open: { readonly groups: Groups; readonly list: Segment[] }[] = [{ groups, list: top }];
  for (const segment of segments) {
    const depth = open.findLastIndex((level) => level.groups.inner.has(segment.tag));
    if (depth === -1) {
      open.at(-1)?.list.push(segment);
      continue;
    }
    open.length = depth + 1;
    const { groups: around, list } = open[depth] as (typeof open)[number];
    const followers: Segment[] = [];
    segment["segments"] = followers as Json;
    list.push(segment);
    open.push({ groups: around.inner.get(segment.tag) as Groups, list: followers });
  }
  return top;
}
