import { Progress } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Answer, call } from "../api/client.ts";

/** Messages that are followed to their end; more would be a load of its own. */
const FOLLOWED = 30;

type Followed = Pick<Answer<"GET /messages/{id}">, "id" | "state">;

/** What becomes of messages that were put on the queue again: followed until each is at rest. */
export function ReplayProgress({
  report,
  ids,
}: {
  readonly report: Answer<"POST /replay">;
  readonly ids: readonly string[];
}) {
  const followed = ids.slice(0, FOLLOWED);
  const query = useQuery<readonly Followed[]>({
    queryKey: ["replay progress", followed],
    queryFn: () => Promise.all(followed.map((id) => call("GET /messages/{id}", { path: { id } }))),
    refetchInterval: ({ state }) => (state.data?.every(isAtRest) === true ? false : 1000),
  });
  const states = query.data ?? [];
  const done = states.filter((one) => one.state === "done").length;
  const parked = states.filter((one) => one.state === "parked");
  const share = (n: number): number => (followed.length === 0 ? 0 : (n / followed.length) * 100);
  return (
    <div role="status">
      <p>
        <strong>{report.matched}</strong> {report.matched === 1 ? "message is" : "messages are"} on the queue
        again.
        {followed.length < report.matched ? ` Of the first ${followed.length}:` : ""}
      </p>
      <Progress.Root size="lg">
        <Progress.Section value={share(done)} color="green" aria-label="done" />
        <Progress.Section value={share(parked.length)} color="red" aria-label="parked again" />
      </Progress.Root>
      <p>
        {done} done, {parked.length} parked again, {followed.length - done - parked.length} under way
      </p>
      {parked.length === 0 ? null : (
        <p className="notice warn">
          Still failing:{" "}
          {parked.slice(0, 10).map(({ id }) => (
            <Link key={id} className="link mono" to="/messages/$id" params={{ id }}>
              {id}{" "}
            </Link>
          ))}
        </p>
      )}
    </div>
  );
}

/** A message that waits for a system that is down moves on by itself; nobody has to watch it. */
function isAtRest({ state }: Followed): boolean {
  return state === "done" || state === "parked" || state === "waiting" || state === "held";
}
