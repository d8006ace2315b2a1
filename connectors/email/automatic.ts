interface Header {
  readonly key: string;
  readonly value: string;
}

const ROBOT =
  /^(mailer-daemon|postmaster|no[-_.]?reply|do[-_.]?not[-_.]?reply|bounces?|owner-.*|.*-(request|owner|bounces?))(\+.*)?@/i;

/**
 * Why a mail must not be answered by a program (RFC 3834 §2, and what is usual beside it); null: a person wrote it.
 * @param from the writer's address, or null
 */
export function automaticReason(headers: readonly Header[], from: string | null): string | null {
  const value = (name: string): string | undefined =>
    headers
      .find(({ key }) => key === name)
      ?.value.trim()
      .toLowerCase();
  const submitted = value("auto-submitted");
  if (submitted !== undefined && !/^no\b/.test(submitted)) return "auto-submitted";
  if (value("return-path") === "<>") return "no return path";
  if (/^(bulk|list|junk)\b/.test(value("precedence") ?? "")) return "precedence";
  if (headers.some(({ key }) => key.startsWith("list-"))) return "list";
  if (/\b(all|autoreply|oof)\b/.test(value("x-auto-response-suppress") ?? "")) return "suppressed";
  if (/^multipart\/report\b/.test(value("content-type") ?? "")) return "report";
  if (from === null) return "no sender";
  return ROBOT.test(from) ? "robot" : null;
}
