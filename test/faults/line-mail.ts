import { type AfterMail, startSmtp } from "../fakes/smtp-server.ts";
import { check, type Fault, type FaultRun, type Verdict } from "./fault.ts";
import { type Line, type LineScene, onLine, parkedWith } from "./line-scene.ts";

/** A mail server whose answer to each mail, once it has it whole, is told; afterwards it takes. */
async function play(
  run: FaultRun,
  after: (mail: number) => AfterMail,
  act: (scene: LineScene) => ReturnType<Parameters<typeof onLine>[2]>,
): Promise<Verdict> {
  const server = await startSmtp((mail) => after(mail));
  const line: Line = {
    connector: "email",
    settings: {
      smtp: { url: `smtp://127.0.0.1:${server.port}` },
      outgoing: { out: { from: "Desk <desk@crm.test>", idempotent: false } },
    },
    map: `{ "to": ["ann@example.org"], "subject": id, "text": $string(n) }`,
    idempotent: false,
    requests: () =>
      server.mails.flatMap((mail, at) =>
        isTaken(after(at + 1)) ? [/^Subject: (\S+)/m.exec(mail)?.[1] ?? ""] : [],
      ),
  };
  try {
    return await onLine(run, line, act);
  } finally {
    await server.close();
  }
}

/** A mail of which the server says nothing any more is on its way. */
function isTaken(after: AfterMail): boolean {
  return after === "take" || after === "cut";
}

/** F05 at a mail server: a mail is no request that may come twice. */
export const mailInDoubt: Fault = {
  id: "F05-MAIL",
  title: "a mail server has the mail and breaks off before its answer",
  tries: "I2 I4",
  run: (run) =>
    play(
      run,
      (mail) => (mail % 3 === 0 ? "cut" : "take"),
      async ({ send }) => {
        await send(run.size(10, 3));
        return (books) => [
          check("each of those is parked in doubt", parkedWith(books) === "TL_IN_DOUBT", parkedWith(books)),
        ];
      },
    ),
};

/** F23 at a mail server. */
export const mailBusy: Fault = {
  id: "F23-MAIL",
  title: "a mail server says 451, later",
  tries: "I2 I3 I8",
  run: (run) =>
    play(
      run,
      (mail) => (mail <= 2 ? "busy" : "take"),
      async ({ send }) => {
        await send(run.size(10, 3));
        return ({ deliveries }) => [
          check(
            "all are sent, later",
            deliveries.every(({ state }) => state === "done"),
          ),
        ];
      },
    ),
};

/** F25 at a mail server. */
export const mailRefuses: Fault = {
  id: "F25-MAIL",
  title: "a mail server refuses a mail for good",
  tries: "I3 I4",
  run: (run) =>
    play(
      run,
      (mail) => (mail === 2 ? "refuse" : "take"),
      async ({ send }) => {
        await send(run.size(10, 3));
        return (books) => [
          check("one is parked", books.deliveries.filter(({ state }) => state === "parked").length === 1),
          check("as refused", parkedWith(books) === "TL_TARGET_REFUSED", parkedWith(books)),
        ];
      },
    ),
};
