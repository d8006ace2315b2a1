/** One case as a report for build servers needs it. */
export interface JunitCase {
  readonly suite: string;
  readonly name: string;
  readonly ms: number;
  /** Empty when it passed. */
  readonly failure: string;
}

/** The cases as JUnit XML, one suite per flow; the form that Jenkins, GitLab and GitHub read. */
export function junitXml(cases: readonly JunitCase[]): string {
  const suites = bySuite(cases);
  const body = [...suites].map(([name, members]) => {
    const failed = members.filter((member) => member.failure !== "").length;
    const seconds = members.reduce((sum, member) => sum + member.ms, 0) / 1000;
    return [
      `  <testsuite name="${attribute(name)}" tests="${members.length}" failures="${failed}" errors="0" time="${seconds.toFixed(3)}">`,
      ...members.map(caseXml),
      "  </testsuite>",
    ].join("\n");
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...body, "</testsuites>"].join("\n");
}

function bySuite(cases: readonly JunitCase[]): Map<string, JunitCase[]> {
  const suites = new Map<string, JunitCase[]>();
  for (const one of cases) suites.set(one.suite, [...(suites.get(one.suite) ?? []), one]);
  return suites;
}

function caseXml(one: JunitCase): string {
  const open = `    <testcase classname="${attribute(one.suite)}" name="${attribute(one.name)}" time="${(one.ms / 1000).toFixed(3)}"`;
  if (one.failure === "") return `${open}/>`;
  const first = one.failure.split("\n")[0] ?? "";
  return `${open}>\n      <failure message="${attribute(first)}">${xml(one.failure)}</failure>\n    </testcase>`;
}

/** XML 1.0 has no way to write most control characters, so they become the replacement character. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** In an attribute, line ends and tabs become blanks unless they are written as references. */
function attribute(text: string): string {
  return xml(text).replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
