// The page of `tieline map serve`: it sends what is in the two editors, and shows what comes back.

const SETTLE_MS = 150;
const LOOK_MS = 1000;

const el = Object.fromEntries([...document.querySelectorAll("[id]")].map((one) => [one.id, one]));
const key = location.hash.slice(1);

/** The file as the page last saw it. */
let file = { text: "", version: "" };
/** What is in the file now, where that is neither what the page began from nor what it holds. */
let other = null;
let samples = [];
let round = 0;
let due;

async function ask(path, method = "GET", body) {
  const headers = {
    "x-tieline-key": key,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  const answer = await fetch(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const content = await answer.json();
  if (!answer.ok) throw new Error([content.message, content.cure].filter(Boolean).join(". "));
  return content;
}

function say(text, isBad = false) {
  el.state.textContent = text;
  el.state.classList.toggle("bad", isBad);
}

function isEdited() {
  return el.mapping.value !== file.text;
}

function showFileState() {
  el.save.disabled = !isEdited() || other !== null;
  el.reload.hidden = other === null;
  if (other !== null) say("The file was changed by another program; yours is not saved.", true);
  else say(isEdited() ? "Not saved" : "As in the file");
}

function evaluateSoon() {
  showFileState();
  clearTimeout(due);
  due = setTimeout(() => void evaluate(), SETTLE_MS);
}

async function evaluate() {
  const mine = ++round;
  try {
    const found = await ask("api/evaluate", "POST", {
      text: el.mapping.value,
      sample: el.sample.value,
      from: Math.max(0, el.samples.selectedIndex),
    });
    // A slower answer to an older text is no news.
    if (mine === round) show(found);
  } catch (error) {
    if (mine === round) say(error.message, true);
  }
}

function show({ result, problems, coverage, milliseconds }) {
  const hasResult = result !== null;
  if (hasResult) el.result.value = JSON.stringify(result, null, 2);
  else if (!problems.some((one) => one.severity === "error")) el.result.value = "nothing";
  // The last good result stays in sight while a line is half written.
  el.result.classList.toggle("old", !hasResult);
  el.time.textContent = hasResult ? `${milliseconds.toFixed(1)} ms` : "";
  showProblems(problems);
  showCoverage(coverage);
  showLines(problems);
}

function showProblems(problems) {
  const place = ({ line, column }) => (line ?? 0) * 10_000 + (column ?? 0);
  const rows = problems
    .toSorted((left, right) => place(left) - place(right))
    .map((problem) => {
      const { line, column, severity } = problem;
      const where = line === null ? (problem.in === "sample" ? "sample" : "") : `${line}:${column}`;
      const field = problem.field === null ? "" : `${problem.field} `;
      const button = make("button", severity, [
        make("span", "where", [where]),
        make("span", "", [`${field}${problem.message} `, make("span", "cure", [problem.cure ?? ""])]),
      ]);
      button.type = "button";
      button.addEventListener("click", () => goTo(problem));
      return make("li", "", [button]);
    });
  el.problems.replaceChildren(...(rows.length > 0 ? rows : [make("li", "fine", ["None"])]));
}

function goTo({ in: where, line, column }) {
  const editor = where === "sample" ? el.sample : el.mapping;
  const lines = editor.value.split("\n");
  const start =
    lines.slice(0, (line ?? 1) - 1).reduce((sum, one) => sum + one.length + 1, 0) + (column ?? 1) - 1;
  editor.focus();
  editor.setSelectionRange(start, start + 1);
  editor.scrollTop = Math.max(0, ((line ?? 1) - 5) * lineHeight());
}

function lineHeight() {
  return Number.parseFloat(getComputedStyle(el.mapping).lineHeight);
}

function showLines(problems = []) {
  const marks = new Map();
  for (const problem of problems) {
    if (problem.in !== "mapping" || problem.line === null) continue;
    if (marks.get(problem.line)?.severity !== "error") marks.set(problem.line, problem);
  }
  const count = el.mapping.value.split("\n").length;
  const lines = Array.from({ length: count }, (_, index) => {
    const mark = marks.get(index + 1);
    const line = make("div", mark?.severity ?? "", [String(index + 1)]);
    if (mark !== undefined) line.title = mark.message;
    return line;
  });
  el.lines.replaceChildren(...lines);
  el.lines.scrollTop = el.mapping.scrollTop;
}

function showCoverage(coverage) {
  if (coverage === null) return;
  const { source, target, branches } = coverage;
  const sides = branches.reduce((sum, { yes, no }) => sum + (yes > 0) + (no > 0), 0);
  const list = make("dl", "", [
    ...row("Read", source, (one) => one.used, "never read"),
    ...row(
      "In the sample",
      source.filter((one) => one.used),
      (one) => one.seen,
      "not there",
    ),
    ...row("Set", target, (one) => one.used, "never set"),
    ...row(
      "In the result",
      target.filter((one) => one.used),
      (one) => one.seen,
      "not there",
    ),
    make("dt", "", ["Branches"]),
    make("dd", "", [`${sides} of ${2 * branches.length} sides taken by this sample`]),
  ]);
  el.coverage.replaceChildren(list);
}

function row(title, fields, has, without) {
  const missing = fields.filter((one) => !has(one)).map((one) => one.path);
  const names = missing.length === 0 ? [] : [` · ${without}: `, make("code", "", [missing.join("  ")])];
  const count = `${fields.length - missing.length} of ${fields.length} fields`;
  return [make("dt", "", [title]), make("dd", "", [count, ...names])];
}

/** Text goes in as text: nothing of a record or a mapping is ever read as markup. */
function make(tag, name, children) {
  const node = document.createElement(tag);
  if (name !== "") node.className = name;
  node.append(...children);
  return node;
}

async function look() {
  try {
    const now = await ask("api/mapping");
    if (now.version !== file.version) {
      const wasEdited = isEdited();
      if (wasEdited && now.text !== el.mapping.value) other = now;
      else take(now);
    }
    showFileState();
  } catch (error) {
    say(error instanceof TypeError ? "tieline map serve has ended" : error.message, true);
  }
  setTimeout(() => void look(), LOOK_MS);
}

function take(now) {
  file = now;
  other = null;
  const { scrollTop, selectionStart } = el.mapping;
  if (el.mapping.value !== now.text) {
    el.mapping.value = now.text;
    el.mapping.setSelectionRange(selectionStart, selectionStart);
    el.mapping.scrollTop = scrollTop;
  }
  showLines();
  evaluateSoon();
}

async function save() {
  const text = el.mapping.value;
  try {
    const { version } = await ask("api/mapping", "PUT", { text, version: file.version });
    file = { ...file, text, version };
    showFileState();
  } catch (error) {
    say(error.message, true);
  }
}

function showCursor() {
  const before = el.mapping.value.slice(0, el.mapping.selectionStart);
  const line = before.split("\n").length;
  el.cursor.textContent = `${line}:${before.length - before.lastIndexOf("\n")}`;
}

el.mapping.addEventListener("input", () => {
  showLines();
  evaluateSoon();
});
el.mapping.addEventListener("scroll", () => {
  el.lines.scrollTop = el.mapping.scrollTop;
});
document.addEventListener("selectionchange", showCursor);
el.sample.addEventListener("input", evaluateSoon);
el.samples.addEventListener("change", () => {
  el.sample.value = samples[el.samples.selectedIndex]?.text ?? "";
  evaluateSoon();
});
el.save.addEventListener("click", () => void save());
el.reload.addEventListener("click", () => take(other));
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
  event.preventDefault();
  if (!el.save.disabled) void save();
});
window.addEventListener("beforeunload", (event) => {
  if (isEdited()) event.preventDefault();
});

try {
  samples = await ask("api/samples");
  el.samples.replaceChildren(...samples.map(({ name }) => make("option", "", [name])));
  el.sample.value = samples[0]?.text ?? "{}";
  const first = await ask("api/mapping");
  el.title.textContent = first.title;
  document.title = `${first.title} – Tieline`;
  take(first);
  showCursor();
  setTimeout(() => void look(), LOOK_MS);
} catch (error) {
  say(error.message, true);
}
