import type { ApiDeps } from "./api/deps.ts";
import { ownDoor } from "./api/own-door.ts";
import type { System } from "./connector/contract.ts";
import { type Desk, openDesk } from "./desk/desk.ts";
import { asHubError } from "./errors.ts";
import { describeError } from "./observe/describe.ts";

/**
 * What agents see of calls, over the systems of this process; its code is loaded where there is a telephone system.
 * @param deps what it reads and hands over to; asked when calls come, not before
 * @throws HubError TL_CONFIG_INVALID, TL_MAPPING_INVALID
 */
export async function openHubDesk(
  systems: Readonly<Record<string, System>>,
  dir: string,
  deps: () => ApiDeps,
): Promise<Desk> {
  let door: ReturnType<typeof ownDoor> | undefined;
  const journal = async (system: string, routing: Parameters<ReturnType<typeof ownDoor>["admit"]>[2]) => {
    door ??= ownDoor(deps());
    if (!door.reads(system, "routings")) return;
    await door.admit(
      system,
      "routings",
      routing,
      `routing ${String(routing["call"])} ${String(routing["at"])}`,
    );
  };
  return openDesk({
    systems,
    dir,
    reads: () => deps().crm,
    now: () => deps().now(),
    journal: (system, routing) => {
      journal(system, routing).catch((error: unknown) =>
        deps().logger.warn(
          { system, ...describeError(asHubError(error)) },
          "a routing could not be taken down",
        ),
      );
    },
    failed: (system, error, what) => deps().logger.warn({ system, ...describeError(error) }, what),
  });
}
