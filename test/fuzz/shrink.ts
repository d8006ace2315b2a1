import { define, structuredCloneJson } from "./input.ts";
import { closing, type Token, textOf, tokensOf } from "./token.ts";

export interface Shrunk {
  readonly text: string;
  readonly input: unknown;
}

/** Whether the smaller one still shows what the larger one shows. */
type Shows = (candidate: Shrunk) => Promise<boolean>;

const MOST_TRIES = 3_000;

/** The smallest expression and input found that still show it: tokens and members are taken away one by one. */
export async function shrink(start: Shrunk, shows: Shows): Promise<Shrunk> {
  let best = start;
  let tries = 0;
  const better = async (candidates: Iterable<Shrunk>): Promise<boolean> => {
    for (const candidate of candidates) {
      if (++tries > MOST_TRIES) return false;
      if (!(await shows(candidate))) continue;
      best = candidate;
      return true;
    }
    return false;
  };
  for (let going = true; going && tries <= MOST_TRIES; ) {
    going = await better(smallerTexts(best));
    if (!going) going = await better(smallerInputs(best));
  }
  return best;
}

function* smallerTexts({ text, input }: Shrunk): Iterable<Shrunk> {
  const tokens = tokensOf(text);
  const without = (from: number, until: number, instead: readonly Token[] = []): Shrunk => ({
    text: textOf([...tokens.slice(0, from), ...instead, ...tokens.slice(until)]),
    input,
  });
  for (let size = tokens.length >> 1; size > 1; size >>= 1) {
    for (let at = 0; at + size <= tokens.length; at += size) yield without(at, at + size);
  }
  for (const [at, { kind, text: sign }] of tokens.entries()) {
    if (kind === "sign" && "([{".includes(sign)) {
      const end = closing(tokens, at);
      if (end > at + 1) {
        yield without(at, end);
        yield without(at, end, tokens.slice(at + 1, end - 1));
        yield without(at, end, [{ kind: "number", text: "1" }]);
      }
    }
    for (const size of [1, 2, 3]) yield without(at, at + size);
    if (kind === "text" && sign !== '"a"' && sign !== '""') {
      yield without(at, at + 1, [{ kind, text: '""' }]);
      yield without(at, at + 1, [{ kind, text: '"a"' }]);
    }
    if (kind === "number" && sign.length > 1) yield without(at, at + 1, [{ kind, text: "1" }]);
  }
}

function* smallerInputs({ text, input }: Shrunk): Iterable<Shrunk> {
  for (const smaller of smallerValues(input)) yield { text, input: smaller };
}

function* smallerValues(value: unknown): Iterable<unknown> {
  if (typeof value !== "object" || value === null) {
    if (value !== null && value !== 1) yield 1;
    return;
  }
  yield null;
  if (Object.keys(value).length > 0) yield Array.isArray(value) ? [] : {};
  for (const member of Object.values(value)) yield member;
  for (const name of Object.keys(value)) yield withoutMember(value, name);
  for (const [name, member] of Object.entries(value)) {
    for (const smaller of smallerValues(member)) {
      const copy = structuredCloneJson(value) as object;
      define(copy, name, smaller);
      yield copy;
    }
  }
}

function withoutMember(value: object, name: string): unknown {
  if (Array.isArray(value)) return value.filter((_, at) => String(at) !== name);
  const copy = structuredCloneJson(value) as Record<string, unknown>;
  delete copy[name];
  return copy;
}
