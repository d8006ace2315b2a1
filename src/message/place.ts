/** Where a failure is. Lines and columns count from 1; columns count UTF-16 units, as editors do. */
export interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Row or record number within a file, from 1; the header is not counted. */
  readonly record?: number;
  /** JSON pointer (RFC 6901) or column name. */
  readonly field?: string;
}

/** `customers.csv:12:5 record 11 field /name` */
export function describePlace(place: Place): string {
  const spot = [place.file ?? "", place.line, place.column]
    .filter((part) => part !== undefined && part !== "")
    .join(":");
  const parts = [
    spot,
    place.record === undefined ? "" : `record ${place.record}`,
    place.field === undefined ? "" : `field ${place.field}`,
  ];
  return parts.filter((part) => part !== "").join(" ");
}
