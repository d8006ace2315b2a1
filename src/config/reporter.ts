import type { Place } from "../message/place.ts";
import type { Finding } from "./finding.ts";
import { keySpan, type Path, placeOf, type Span, valueSpan, type YamlFile } from "./yaml-file.ts";

/** Collects what is wrong with one file. */
export interface Reporter {
  readonly file: YamlFile;
  /** At a key of the file. */
  key(path: Path, message: string, cure?: string | null, severity?: Finding["severity"]): void;
  /** At a value of the file. */
  value(path: Path, message: string, cure?: string | null, severity?: Finding["severity"]): void;
  /** At offsets of the file. */
  span(span: Span, message: string, cure?: string | null, severity?: Finding["severity"]): void;
  /** In another text, or nowhere in particular. */
  elsewhere(
    place: Place,
    line: string | null,
    message: string,
    cure?: string | null,
    severity?: Finding["severity"],
  ): void;
}

/** Shows the line a finding is in, up to the end of what is wrong; a comment behind it may say anything. */
export type Excerpt = (file: YamlFile, span: Span) => string | null;

export function createReporter(
  file: YamlFile,
  findings: Finding[],
  excerpt: Excerpt = plainExcerpt,
): Reporter {
  const span: Reporter["span"] = (where, message, cure = null, severity = "error") => {
    findings.push({
      place: placeOf(file, where.start),
      severity,
      message,
      cure,
      excerpt: excerpt(file, where),
    });
  };
  return {
    file,
    span,
    key: (path, ...rest) => span(keySpan(file, path), ...rest),
    value: (path, ...rest) => span(valueSpan(file, path), ...rest),
    elsewhere: (place, line, message, cure = null, severity = "error") => {
      findings.push({ place, severity, message, cure, excerpt: line });
    },
  };
}

/** The whole line. */
function plainExcerpt(file: YamlFile, span: Span): string | null {
  const start = file.text.lastIndexOf("\n", span.start - 1) + 1;
  const end = file.text.indexOf("\n", span.start);
  return file.text.slice(start, end === -1 ? undefined : end).trimEnd();
}
