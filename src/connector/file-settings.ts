import { Type } from "@sinclair/typebox";

/** Which files of a folder are taken, wherever it is. */
export const FilePattern = Type.String({
  description: 'File names taken, such as "KUNDEN_*.csv"; `*` any characters, `?` one',
  minLength: 1,
});

/** How the other system says that it has finished writing a file. */
export const DoneMarker = Type.Optional(
  Type.String({
    description: "Marker that says a file is complete: `*.ok` for KUNDEN.csv.ok, `{stem}.ok` for KUNDEN.ok",
    minLength: 1,
  }),
);

/** In which order files that are complete are processed. */
export const FileOrder = Type.Optional(
  Type.Union([Type.Literal("name"), Type.Literal("mtime")], {
    description: "Order in which files are processed: by name (character codes) or by modification time",
    default: "name",
  }),
);
