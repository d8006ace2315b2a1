import { HubError, isObject, type Sink } from "tieline/connector";
import type { Db, DbValue } from "./db.ts";
import { targetFailure, tellFailure } from "./failure.ts";
import type { StatementOptions } from "./settings.ts";
import { bound } from "./values.ts";

const CONCURRENCY = 4;

/** A statement taken apart: text between names. There is one text more than names. */
export interface NamedStatement {
  readonly texts: readonly string[];
  readonly names: readonly string[];
}

/** What stands for itself: quoted texts and names, comments, casts. Then a name, or what no statement may have. */
const PARTS =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|--[^\n]*|\/\*[\s\S]*?\*\/|::|:([A-Za-z_][A-Za-z0-9_]*)|(;\s*\S|\$\$|\?|\\)/g;

/**
 * Finds the names of a statement. Values are always bound: nothing of a message ever becomes part of the text.
 * @throws HubError TL_CONFIG_INVALID when it is several statements, or has what could hide a name
 */
export function parseStatement(text: string): NamedStatement {
  const texts: string[] = [];
  const names: string[] = [];
  let from = 0;
  for (const found of text.matchAll(PARTS)) {
    const [whole, name, refused] = found;
    if (refused !== undefined || (whole.startsWith("'") && whole.includes("\\"))) {
      const what =
        refused?.startsWith(";") === true
          ? "a second statement"
          : `${(refused ?? "\\").trim()} outside a plain text`;
      throw new HubError("TL_CONFIG_INVALID", `\`statement\` has ${what}`, {
        cure: "Write one statement with `:name` where values go; put more into a procedure of the database.",
      });
    }
    if (name === undefined) continue;
    texts.push(text.slice(from, found.index));
    names.push(name);
    from = found.index + whole.length;
  }
  texts.push(text.slice(from));
  return { texts, names };
}

/** Runs a statement for each message, with the message's fields as its values. */
export function statement(db: Db, options: StatementOptions): Sink {
  const { texts, names } = parseStatement(options.statement.replace(/[;\s]+$/, ""));
  const text = texts.map((part, index) => (index === 0 ? part : `${db.place(index)}${part}`)).join("");
  const { idempotent } = options;
  return {
    idempotent,
    concurrency: options.concurrency ?? CONCURRENCY,
    async send({ body }, signal, tell) {
      if (!isObject(body))
        throw new HubError("TL_TARGET_REFUSED", "the message is not an object, so it has no fields");
      const values = names.map((name): DbValue => {
        const value = Object.hasOwn(body, name) ? body[name] : undefined;
        if (value !== undefined) return bound(value);
        throw new HubError("TL_TARGET_REFUSED", `the message has no ${name}, which the statement needs`, {
          place: { field: name },
          cure: "Give it in the mapping; null where there is no value.",
        });
      });
      try {
        await db.query(text, values, signal);
        tell?.({ sent: { line: text }, answered: { line: "done" } });
        return { answer: "done" };
      } catch (error) {
        tellFailure(tell, { line: text }, error);
        throw targetFailure(error, idempotent);
      }
    },
  };
}
