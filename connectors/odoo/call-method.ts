import { HubError, isObject, type Json, type JsonObject, type Sink } from "tieline/connector";
import { EXTERNAL_ID, externalIds } from "./external-ids.ts";
import { OdooFailure, targetFailure, tellFailure } from "./failure.ts";
import type { Odoo } from "./rpc.ts";
import type { CallSinkOptions } from "./settings.ts";

const CONCURRENCY = 2;
const MODULE = "tieline";
/** A question may lead to a question; so many are answered. */
const MOST_QUESTIONS = 5;

/**
 * Calls a method on a record, such as confirming an order or validating a picking, and looks whether it came to what it
 * was for. Where that holds already nothing is called: so a second arrival does nothing.
 */
export function callMethod(odoo: Odoo, options: CallSinkOptions): Sink {
  const { model, method, module = MODULE, wizards = {} } = options;
  const names = externalIds(odoo, model, module);

  async function isDone(id: number, signal: AbortSignal): Promise<boolean> {
    const domain = [["id", "=", id], ...(options.done as readonly Json[])];
    const kwargs = { context: { active_test: false } };
    return (await odoo.call(model, "search_count", [domain], { kwargs, signal })) === 1;
  }

  async function recordOf(body: Json, signal: AbortSignal): Promise<number> {
    const { id, ".id": number } = isObject(body) ? body : {};
    if (Number.isSafeInteger(Number(number ?? "none"))) return Number(number);
    if (typeof id !== "string" || !EXTERNAL_ID.test(id)) {
      throw new HubError("TL_TARGET_REFUSED", "the message names no record", {
        cure: "Give `id`, a name that the hub gave, or `.id`, the number of a record in Odoo.",
      });
    }
    const found = await names.recordOf(id, signal);
    if (found !== undefined) return found;
    // It may be on its way: a record and what is done with it go by different sinks.
    throw new HubError("TL_REFERENCE_MISSING", `${model} has no record of this external id`, {
      place: { field: "id" },
    });
  }

  /** What Odoo asks back before it goes on, answered as the settings say. */
  async function answerQuestions(answer: Json, signal: AbortSignal): Promise<void> {
    let question = questionOf(answer);
    for (let asked = 0; question !== null; asked += 1) {
      const confirm = wizards[question.model];
      if (confirm === undefined || asked === MOST_QUESTIONS)
        throw new OdooFailure(
          "settings",
          `${method} asks back with ${question.model}, and \`wizards\` has no answer`,
        );
      const kwargs = { context: question.context };
      const wizard = await odoo.call(question.model, "create", [{}], { kwargs, signal, writes: true });
      question = questionOf(
        await odoo.call(question.model, confirm, [[wizard]], { kwargs, signal, writes: true }),
      );
    }
  }

  return {
    idempotent: true,
    concurrency: options.concurrency ?? CONCURRENCY,
    async send({ body }, signal, tell) {
      const sent = { line: `${model}.${method}` };
      try {
        const id = await recordOf(body, signal);
        if (await isDone(id, signal)) return { answer: "was done" };
        const context = { tz: "UTC", lang: null };
        await answerQuestions(
          await odoo.call(model, method, [[id]], { kwargs: { context }, signal, writes: true }),
          signal,
        );
        const done = await isDone(id, signal);
        tell?.({ sent, answered: { line: done ? "done" : "called" } });
        if (done) return { answer: "done" };
      } catch (error) {
        tellFailure(tell, sent, error);
        throw targetFailure(error);
      }
      throw new HubError(
        "TL_TARGET_REFUSED",
        `${method} was called, and the record is not as \`done\` says`,
        {
          cure: "Look at the record in Odoo: something else is missing there.",
        },
      );
    },
  };
}

function questionOf(answer: Json): { readonly model: string; readonly context: JsonObject } | null {
  if (!isObject(answer)) return null;
  const { type, res_model: model, target, context } = answer;
  // Odoo shows some results by an action too; a question is asked in a window of its own.
  if (type !== "ir.actions.act_window" || typeof model !== "string" || target !== "new") return null;
  return { model, context: isObject(context) ? context : {} };
}
