import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** What the fake does when a mail has come whole. */
export type AfterMail = "take" | "cut" | "refuse" | "busy";

export interface FakeSmtp {
  readonly port: number;
  /** Mails that came whole, as they were sent, in order. */
  readonly mails: readonly string[];
  /** Commands, without the mails. */
  readonly commands: readonly string[];
  close(): Promise<void>;
}

const ANSWERS: Readonly<Record<AfterMail, string | null>> = {
  take: "250 2.0.0 queued as 4711",
  cut: null,
  refuse: "554 5.7.1 no",
  busy: "451 4.3.0 later",
};

/** A mail server that keeps a ledger. It cuts the connection where Postfix never would: after the mail, before its answer. */
export async function startSmtp(
  after: AfterMail | ((mail: number) => AfterMail),
  greeting = "220 fake ESMTP",
): Promise<FakeSmtp> {
  const mails: string[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    let mail: string[] | null = null;
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    say(greeting);
    createInterface({ input: socket }).on("line", (line) => {
      if (mail === null) {
        commands.push(line);
        if (/^DATA/.test(line)) mail = [];
        say(/^DATA/.test(line) ? "354 go on" : /^EHLO/.test(line) ? "250-fake\r\n250 8BITMIME" : "250 ok");
      } else if (line === ".") {
        mails.push(mail.join("\r\n"));
        mail = null;
        const answer = ANSWERS[typeof after === "function" ? after(mails.length) : after];
        if (answer === null) socket.destroy();
        else say(answer);
      } else mail.push(line);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    mails,
    commands,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
