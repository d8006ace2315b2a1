import { HubError } from "../errors.ts";

const ALLOWED = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const TEMPORARY = /^\.|\.(tmp|part|partial|filepart|crdownload|swp)$|~$/i;

/** Whether a name may be taken, shown and joined to a path: an allow-list, no path parts, no leading dot. */
export function isSafeName(name: string, longest = 128): boolean {
  return name.length <= longest && ALLOWED.test(name);
}

/** Names that programs use while they write; they are passed over without a word. */
export function isTemporaryName(name: string): boolean {
  return TEMPORARY.test(name);
}

/** A name made fit to print: one line, no control characters, at most 160 characters. */
export function printableName(name: string): string {
  const shown = name.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]/gu, "?");
  return shown.length > 160 ? `${shown.slice(0, 157)}...` : shown;
}

/**
 * Compiles a pattern in which `*` stands for any characters and `?` for one; everything else is itself.
 * Matched without backtracking into a regular expression that a pattern could make slow.
 */
export function namePattern(pattern: string): (name: string) => boolean {
  if (pattern === "" || /[/\\]/.test(pattern) || pattern.includes("\0")) {
    throw new HubError("TL_CONFIG_INVALID", "a file pattern names files, not folders", {
      cure: 'Write it like "KUNDEN_*.csv"; the folder goes to `inbox`.',
    });
  }
  return (name) => matches(pattern, name);
}

/** The usual two-pointer match: linear but for the last star, to which it returns. */
function matches(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let step = 0;
  while (at < name.length) {
    const token = pattern[step];
    if (token === "*") {
      star = step++;
      resume = at;
    } else if (token === "?" || token === name[at]) {
      step++;
      at++;
    } else if (star >= 0) {
      step = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[step] === "*") step++;
  return step === pattern.length;
}

/**
 * From the setting `done` the name of the marker that says a file is complete:
 * `.ok` or `*.ok` for `KUNDEN.csv.ok`, `{stem}.ok` for `KUNDEN.ok`.
 */
export function markerName(done: string): (name: string) => string {
  const template = /[*]|\{stem\}/.test(done) ? done : `*${done}`;
  if (!/^[A-Za-z0-9._-]*(?:\*|\{stem\})[A-Za-z0-9._-]*$/.test(template) || template === "*") {
    throw new HubError("TL_CONFIG_INVALID", "`done` is not the name of a marker", {
      cure: 'Write "*.ok" when KUNDEN.csv is followed by KUNDEN.csv.ok, "{stem}.ok" when by KUNDEN.ok.',
    });
  }
  return (name) => template.replace("*", () => name).replace("{stem}", () => name.replace(/\.[^.]*$/, ""));
}
