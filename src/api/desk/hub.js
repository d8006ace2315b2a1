/** What the page asks the hub, with the agent's token. */

/** @returns what was answered. @throws Error in words for people; `final`: asking again does not help */
export async function ask(token, path, body) {
  const answer = await fetch(`/api/v1${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw await refusal(answer);
  return answer.json();
}

/**
 * Tells each event `call` of a stream until it ends: server-sent events over a request that bears the token, which
 * EventSource cannot.
 */
export async function listen(token, path, signal, opened, take) {
  const answer = await fetch(`/api/v1${path}`, { headers: { authorization: `Bearer ${token}` }, signal });
  if (!answer.ok) throw await refusal(answer);
  opened();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      if (event.startsWith("event: call\n")) take(JSON.parse(event.slice(event.indexOf("data: ") + 6)));
    }
  }
}

async function refusal(answer) {
  if (answer.status === 401)
    return Object.assign(new Error("The hub does not know this token."), { final: true });
  const told = await answer.json().catch(() => ({ title: `The hub answered ${answer.status}` }));
  const error = new Error([told.detail ?? told.title, told.cure].filter(Boolean).join(". "));
  error.final = answer.status < 500 && answer.status !== 429;
  return error;
}
