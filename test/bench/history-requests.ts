/** What a screen asks for. Several paths, so that no answer is found where the one before has left it. */
export interface Request {
  readonly name: string;
  readonly paths: readonly string[];
}

/** What is known of the messages that are asked for. */
export interface History {
  readonly messages: number;
  /** When the last was accepted, milliseconds since 1970. */
  readonly until: number;
  readonly fingerprint: string;
}

const MINUTE = 60_000;

/** Every question that the screens put to what is stored. */
export function requests({ messages, until, fingerprint }: History): readonly Request[] {
  const places = [0.05, 0.3, 0.5, 0.7, 0.95].map((share) => Math.floor(share * messages));
  const keys = places.map((place) => `K${String(place % (messages / 25)).padStart(8, "0")}`);
  const list = (query: string): string => `/messages?limit=50${query}`;
  const hours = [1, 2, 3, 4, 5].map((n) => {
    const from = until - n * 60 * MINUTE;
    return `&since=${new Date(from).toISOString()}&until=${new Date(from + 30 * MINUTE).toISOString()}`;
  });
  const day = new Date(until).toISOString().slice(0, 10);
  return [
    { name: "newest messages", paths: [list("")] },
    { name: "an older page", paths: places.map((place) => list(`&cursor=${place}`)) },
    { name: "of a flow", paths: places.map((place) => list(`&flow=customers-1&cursor=${place}`)) },
    { name: "by key", paths: keys.map((key) => list(`&key=${key}`)) },
    { name: "by key and flow", paths: keys.map((key) => list(`&key=${key}&flow=customers-2`)) },
    { name: "by a key nobody has", paths: keys.map((key) => list(`&key=${key}-x`)) },
    {
      name: "parked",
      paths: [list("&state=parked"), ...places.map((at) => list(`&state=parked&cursor=${at}`))],
    },
    {
      name: "parked of a flow",
      paths: places.map((at) => list(`&state=parked&flow=customers-2&cursor=${at}`)),
    },
    { name: "waiting", paths: places.map((at) => list(`&state=waiting&cursor=${at}`)) },
    { name: "held, which none is", paths: [list("&state=held")] },
    { name: "done", paths: places.map((at) => list(`&state=done&cursor=${at}`)) },
    { name: "rejected", paths: places.map((at) => list(`&state=rejected&cursor=${at}`)) },
    { name: "ended unchanged", paths: places.map((at) => list(`&outcome=unchanged&cursor=${at}`)) },
    { name: "discarded, one in many", paths: [list("&outcome=discarded")] },
    { name: "superseded, which none is", paths: [list("&outcome=superseded")] },
    { name: "by error code", paths: places.map((at) => list(`&code=TL_ACCEPTS_FAILED&cursor=${at}`)) },
    { name: "by half an hour", paths: hours.map((hour) => list(hour)) },
    {
      name: "by half an hour, flow and state",
      paths: hours.map((hour) => list(`${hour}&flow=customers&state=done`)),
    },
    { name: "parked, by half an hour", paths: hours.map((hour) => list(`${hour}&state=parked`)) },
    { name: "by cause", paths: [list(`&state=parked&fingerprint=${fingerprint}`)] },
    { name: "one message", paths: places.map((place) => `/messages/m-${place}`) },
    { name: "errors by cause, parked", paths: ["/error-groups"] },
    { name: "errors by cause, rejected", paths: ["/error-groups?state=rejected"] },
    { name: "errors by cause of a flow", paths: ["/error-groups?flow=customers-2"] },
    { name: "counts of 24 hours (overview)", paths: ["/overview"] },
    { name: "books of a day", paths: [`/flows/customers-2/books?day=${day}`] },
    { name: "flows with their queues", paths: ["/flows"] },
    { name: "state of the hub", paths: ["/status"] },
  ];
}
